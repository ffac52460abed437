internal import Domain
internal import JSON
internal import Planner
internal import System

/// The command line's door: words in, an exit status out.
package enum Door {
  /// Carries out one command line and ends the process with its exit status.
  package static func exit(_ words: [String], environment: [String: String]) -> Never {
    Process.exit(run(words, environment: environment))
  }

  /// Carries out one command line, without the program's name, and says how it ended.
  package static func run(_ words: [String], environment: [String: String]) -> Int32 {
    Interrupt.ignoreFailedWrites()
    Interrupt.forbidCoreDumps()
    Process.keepFilesPrivate()
    do throws(Fault) {
      return try dispatch(words, environment).rawValue
    } catch {
      report(error, asJSON: Arguments.wantsJSON(words))
      return error.exit.rawValue
    }
  }

  private static func dispatch(
    _ words: [String], _ environment: [String: String]
  ) throws(Fault) -> ExitCode {
    switch try Arguments.parse(words, table: Command.all.map(\.spec)) {
    case .help(let text): try? Terminal.write(text, to: .output)
    case .version: try? Terminal.write("sluice \(Session.version)\n", to: .output)
    case .run(let invocation):
      guard let command = Command.all.first(where: { $0.spec == invocation.command }) else {
        preconditionFailure("\(invocation.command.name) is in no table")
      }
      let login = Login.current(sudoUser: environment["SUDO_USER"])
      let session = Session(invocation: invocation, environment: environment, login: login)
      do throws(Fault) {
        return try command.run(session)
      } catch {
        guard let log = session.log else { throw error }
        log.fail(error.withoutKeys)
        return error.exit
      }
    }
    return .done
  }

  /// Says what is wrong, where, and what to type next; a key among the words is not repeated.
  private static func report(_ told: Fault, asJSON: Bool) {
    let fault = told.withoutKeys
    var text = "sluice: \(fault.message)\n"
    for detail in fault.details { text += "  \(detail)\n" }
    if let hint = fault.hint { text += "  \(hint)\n" }
    let json: JSONValue = ["error": fault.json]
    try? Terminal.write(asJSON ? json.text + "\n" : text, to: .error)
  }
}

extension Fault {
  /// The fault without a key that may be among its words.
  fileprivate var withoutKeys: Fault {
    Fault(
      exit, FreeText.withoutKeys(message), hint: hint.map(FreeText.withoutKeys),
      details: details.map(FreeText.withoutKeys))
  }

  /// The fault for a program.
  var json: JSONValue {
    [
      "code": .string(exit.word), "message": .string(message), "hint": .optional(hint),
      "details": .array(details.map(JSONValue.string)),
    ]
  }
}
