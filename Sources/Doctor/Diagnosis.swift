package import Domain

/// One thing that was looked at, and what is to be done about it.
package struct Diagnosis: Equatable, Sendable {
  /// What was looked at: "home", "clock", "permissions".
  package let check: String
  package let level: Level
  package let message: String
  /// What to type or do; nil where nothing has to be done.
  package let hint: String?
  /// What a problem ends the process with.
  package let exit: ExitCode

  /// How much it matters.
  package enum Level: String, CaseIterable, Sendable {
    case ok
    /// Nothing is prevented by it now.
    case warning
    /// Something does not work, or must not.
    case problem
  }

  private init(
    _ check: String, _ level: Level, _ message: String, _ hint: String?, _ exit: ExitCode
  ) {
    self.check = check
    self.level = level
    self.message = message
    self.hint = hint
    self.exit = exit
  }

  /// Something is in order.
  package static func ok(_ check: String, _ message: String, hint: String? = nil) -> Diagnosis {
    Diagnosis(check, .ok, message, hint, .done)
  }

  /// Something should be looked after.
  package static func warning(_ check: String, _ message: String, hint: String) -> Diagnosis {
    Diagnosis(check, .warning, message, hint, .done)
  }

  /// Something is wrong.
  package static func problem(
    _ check: String, _ exit: ExitCode, _ message: String, hint: String?
  ) -> Diagnosis {
    Diagnosis(check, .problem, message, hint, exit)
  }

  /// What a command would have ended with.
  package static func problem(_ check: String, _ fault: Fault) -> Diagnosis {
    let message = ([fault.message] + fault.details).joined(separator: "; ")
    return problem(check, fault.exit, message, hint: fault.hint)
  }
}

extension [Diagnosis] {
  /// What the process ends with: the first of these that a problem names, 0 without a problem.
  package var exit: ExitCode {
    let order: [ExitCode] = [
      .storage, .needsPerson, .notAllowed, .configuration, .unreachable, .busy, .notFound, .badData,
    ]
    let found = filter { $0.level == .problem }.map(\.exit)
    return order.first(where: found.contains) ?? found.first ?? .done
  }

  /// How many findings are of a level.
  package func count(of level: Diagnosis.Level) -> Int { filter { $0.level == level }.count }
}
