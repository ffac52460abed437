internal import Domain
internal import JSON
internal import Planner
internal import System

/// What happens in a run, a line an event on standard error: what `--log-format` asks for.
struct RunLog: Sendable {
  /// What a line is written as.
  enum Format: String, CaseIterable, Sendable {
    case json, text
  }

  /// How much a line matters.
  enum Level: String, Sendable {
    case info, warning, error
  }

  let format: Format
  let clock: any Clock

  /// Writes one line; `words` is what its text says after the event and what it is about.
  func tell(
    _ event: String, _ level: Level = .info, of batch: BatchID? = nil, job: Int? = nil,
    _ members: JSONValue = [:], _ words: String = ""
  ) {
    let at = clock.now().description
    switch format {
    case .json:
      var line = [
        JSONMember(key: "at", value: .string(at)),
        JSONMember(key: "level", value: .string(level.rawValue)),
        JSONMember(key: "event", value: .string(event)),
      ]
      if let batch { line.append(JSONMember(key: "batch", value: .string(batch.text))) }
      if let job { line.append(JSONMember(key: "job", value: .integer(Int64(job)))) }
      if case .object(let members) = members { line += members }
      write(JSONValue.object(line).text)
    case .text:
      let subject = batch.map { $0.text + (job.map { "#\($0)" } ?? "") }
      write([at, level.rawValue, event, subject, words].compactMap { $0 }.joined(separator: " "))
    }
  }

  /// Tells of something that must not be missed.
  func warn(_ text: String) {
    let text = FreeText.withoutKeys(text)
    tell("warning", .warning, ["message": .string(text)], text)
  }

  /// Tells what ended the command.
  func fail(_ fault: Fault) {
    tell(
      "failed", .error, ["error": fault.json],
      ([fault.message] + fault.details + (fault.hint.map { [$0] } ?? [])).joined(separator: "; "))
  }

  /// One write a line, so that two programs that share a log do not mix theirs.
  private func write(_ line: String) {
    try? Terminal.write((format == .text ? printable(line) : line) + "\n", to: .error)
  }
}

extension Session {
  /// The log that this command was asked for.
  var log: RunLog? {
    guard invocation.command.options.contains(Words.logFormat),
      let format = invocation.value("--log-format").flatMap(RunLog.Format.init(rawValue:))
    else { return nil }
    return RunLog(format: format, clock: clock)
  }
}

extension Words {
  static let logFormat = OptionSpec(
    "--log-format", value: "FORMAT",
    "a line an event on standard error, in place of the progress bar",
    choices: RunLog.Format.allCases.map(\.rawValue))
}
