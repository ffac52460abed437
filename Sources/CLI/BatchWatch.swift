internal import Domain
internal import JSON
internal import Journal
internal import Report
internal import System

/// The list of batches again and again, until a signal ends it.
struct BatchWatch {
  private let session: Session
  private let store: Store
  private let states: [BatchState]
  private let limit: Int?
  /// Whether each look takes the place of the one before.
  private let isInPlace: Bool

  init(_ session: Session, _ store: Store, _ states: [BatchState], _ limit: Int?) {
    self.session = session
    self.store = store
    self.states = states
    self.limit = limit
    isInPlace = !session.wantsJSON && session.hasCursor && Terminal.isTerminal(.output)
  }

  /// Looks once a second and shows what has changed; a reader that has gone away ends it too.
  func run() throws(Fault) -> ExitCode {
    Interrupt.install()
    var shown: String?
    while !Interrupt.isRequested {
      let text = try look()
      if text != shown {
        guard try session.isRead(separator(isFirst: shown == nil) + text) else { break }
        shown = text
      }
      session.clock.sleep(.seconds(1))
    }
    return .done
  }

  /// What stands before a look: on a terminal the top of an empty screen.
  private func separator(isFirst: Bool) -> String {
    if isInPlace { return "\u{1B}[H\u{1B}[2J" }
    return isFirst || session.wantsJSON || session.wantsNames ? "" : "\n"
  }

  private func look() throws(Fault) -> String {
    let listing = try BatchListing(store, in: states, limit, onlyNames: session.wantsNames)
    if session.wantsJSON { return listing.json.text + "\n" }
    if session.wantsNames { return listing.names }
    let lines =
      listing.progress.split(separator: "\n").map(String.init) + listing.problems
      + (store.facts.mode == .sandbox ? ["sandbox: no money moves"] : [])
    return fitted(lines).joined(separator: "\n") + "\n"
  }

  /// As much as the terminal shows at once.
  private func fitted(_ lines: [String]) -> [String] {
    guard isInPlace, let size = Terminal.size(of: .output) else { return lines }
    let room = max(2, size.rows - 1)
    let kept =
      lines.count <= room
      ? lines : lines.prefix(room - 1) + ["... and \(lines.count - room + 1) lines more"]
    return kept.map { Layout.shortened($0, to: size.columns) }
  }
}
