/// What a process says with its exit status; the numbers up to 14 are Sluice's, the rest sysexits'.
package enum ExitCode: Int32, CaseIterable, Sendable {
  case done = 0
  case someNotCharged = 10
  case haltedByCap = 11
  case halted = 12
  case needsPerson = 13
  case waiting = 14
  case usage = 64
  case badData = 65
  case notFound = 66
  case unreachable = 69
  case internalError = 70
  case storage = 74
  case busy = 75
  case notAllowed = 77
  case configuration = 78

  /// The word that JSON errors carry beside the message.
  package var word: String {
    switch self {
    case .done: "done"
    case .someNotCharged: "some_not_charged"
    case .haltedByCap: "halted_by_cap"
    case .halted: "halted"
    case .needsPerson: "needs_person"
    case .waiting: "waiting"
    case .usage: "usage"
    case .badData: "bad_data"
    case .notFound: "not_found"
    case .unreachable: "unreachable"
    case .internalError: "internal_error"
    case .storage: "storage"
    case .busy: "busy"
    case .notAllowed: "not_allowed"
    case .configuration: "configuration"
    }
  }
}

/// Why something cannot go on: what is wrong, where, and what to type next.
package struct Fault: Error, Equatable, Sendable {
  package let exit: ExitCode
  /// One sentence without its full stop; planner text in it has passed through `quoted`.
  package let message: String
  /// What to type or do next.
  package let hint: String?
  /// Each single problem with its place, when there are several.
  package let details: [String]

  /// A fault that ends the process with `exit`.
  package init(_ exit: ExitCode, _ message: String, hint: String? = nil, details: [String] = []) {
    self.exit = exit
    self.message = message
    self.hint = hint
    self.details = details
  }

  /// What is wrong and what to do about it, in one line.
  package var line: String { hint.map { "\(message); \($0)" } ?? message }

  /// A transition that no arrow of a state machine allows: the stored state cannot be trusted.
  package static func illegal(
    _ state: some RawRepresentable<String>, _ event: some Sendable
  ) -> Fault {
    Fault(
      .storage, "no arrow leads from \(state.rawValue) by \(event): the database cannot be trusted",
      hint: "run `sluice journal verify`")
  }
}
