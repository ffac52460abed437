internal import CSystem

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Standard output and standard error, unbuffered: what is written is there.
package enum Terminal {
  /// The two streams.
  package enum Stream: Int32, Sendable {
    case output = 1
    case error = 2
  }

  /// Writes text; throws when the stream is closed or its disk full.
  package static func write(_ text: String, to stream: Stream) throws(SystemError) {
    try writeAll(Array(text.utf8), to: stream.rawValue)
  }

  /// Whether a person sees the stream.
  package static func isTerminal(_ stream: Stream) -> Bool { isatty(stream.rawValue) == 1 }

  /// How many columns and rows the stream's terminal has now; nil where it does not say.
  package static func size(of stream: Stream) -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard unsafe ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0,
      size.ws_row > 0
    else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Whether a person can be asked: what is shown and the question reach them, and they can answer.
  package static var canAsk: Bool { isatty(0) == 1 && isatty(1) == 1 && isatty(2) == 1 }

  /// How many lines and columns the terminal on standard output shows; nil where there is none, or
  /// one that does not say.
  package static var screen: (lines: Int, columns: Int)? {
    let size = sluice_terminal_size(1)
    return size.lines > 0 && size.columns > 0 ? (Int(size.lines), Int(size.columns)) : nil
  }

  /// Asks on standard error and reads one line; nil at the end of input or on Ctrl-C.
  package static func ask(_ question: String) -> String? {
    try? write(question, to: .error)
    return readLine(strippingNewline: true)
  }
}
