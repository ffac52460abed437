package import Domain
package import Journal
internal import Planner
package import Stripe
package import System

/// What a doctor is told before it looks.
package struct Patient {
  package let home: Home
  package let clock: any Clock
  package let login: Login
  package let environment: [String: String]
  /// What `--home`, `--stripe-key-file` and `--job` name, where they are given.
  package let homeOption: String?
  package let keyFile: String?
  package let jobFile: String?
  /// The way to the Stripe of a home with a key.
  package let reach: (HomeFacts, StripeKey) throws(Fault) -> any StripeConnection

  /// A patient of exactly these parts.
  package init(
    home: Home, clock: any Clock, login: Login, environment: [String: String],
    homeOption: String?, keyFile: String?, jobFile: String?,
    reach: @escaping (HomeFacts, StripeKey) throws(Fault) -> any StripeConnection
  ) {
    self.home = home
    self.clock = clock
    self.login = login
    self.environment = environment
    self.homeOption = homeOption
    self.keyFile = keyFile
    self.jobFile = jobFile
    self.reach = reach
  }

  /// A variable of the environment; an empty one counts as not set.
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Looks at everything a run or a billing run needs, and changes nothing.
package final class Examination {
  let patient: Patient
  /// What was found so far, in order.
  package private(set) var findings: [Diagnosis] = []
  /// What the home is for; nil where it cannot be opened.
  package private(set) var facts: HomeFacts?

  /// Examines a patient.
  package init(_ patient: Patient) {
    self.patient = patient
    let store = openHome()
    facts = store?.facts
    if let store { examineDatabase(store) }
    examinePlanners()
    examineEnvironment()
    if let store { examineToken(store) }
    let jobFile = readJobFile()
    if let jobFile { examineSchedule(of: jobFile, store) }
    if let jobFile, let facts { examineFourEyes(of: jobFile, facts) }
    guard let facts, let connection = connect(facts) else { return }
    guard examineClock(over: connection) else { return }
    if let jobFile { examinePermissions(for: jobFile, over: connection) }
  }

  /// Whether Stripe's clock was read and this one agrees with it; the sandbox has none to ask.
  package var isClockRight: Bool {
    findings.contains { $0.check == "clock" && $0.level == .ok }
  }

  func add(_ finding: Diagnosis) { findings.append(finding) }

  /// Takes what a check says, or the fault that it ends with.
  func add(_ check: String, _ body: () throws(Fault) -> Diagnosis) {
    do throws(Fault) {
      add(try body())
    } catch {
      add(.problem(check, error))
    }
  }

  private func readJobFile() -> JobFile? {
    guard let path = patient.jobFile else { return nil }
    do throws(Fault) {
      return try JobFileReader.read(path: path)
    } catch {
      add(.problem("job file", error))
      return nil
    }
  }
}
