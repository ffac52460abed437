internal import Approval
internal import Domain
internal import Journal
internal import System

/// Who submits here, as far as four eyes can tell.
extension Examination {
  /// Whether the token, where one is named, makes anybody known.
  func examineToken(_ store: Store) {
    guard let path = patient.variable(Self.tokenVariable) else { return }
    add("token") { () throws(Fault) in
      let file = SecretFile(path: path, holding: "token", namedBy: "$\(Self.tokenVariable)")
      let token = try file.readPrivate(orIn: patient.variable("CREDENTIALS_DIRECTORY"))
      let person = try Approvers(store).person(holding: token)
      return .ok("token", "$\(Self.tokenVariable) names a file with the token of \(person.name)")
    }
  }

  /// Nobody can approve a batch of which it is not known who submitted it.
  func examineFourEyes(of jobFile: JobFile, _ home: HomeFacts) {
    guard Terms(jobFile, mode: home.mode).fourEyes else { return }
    if patient.variable(Self.tokenVariable) != nil {
      return add(.ok("four eyes", "who submits here is known by a token"))
    }
    if let uid = patient.login.uid {
      return add(
        .ok(
          "four eyes", "who submits here is known by the login \(Login.userName(uid))",
          hint: "a service has no login, and needs a token"))
    }
    add(
      .warning(
        "four eyes",
        "nobody could approve what is submitted here: there is neither a login nor a token",
        hint: "`sluice approvers add nightly`, put the token into a file of mode 600 and set "
          + "\(Self.tokenVariable)=/its/path where the billing run starts"))
  }

  private static let tokenVariable = "SLUICE_APPROVER_TOKEN_FILE"
}
