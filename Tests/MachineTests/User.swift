/// A user of the machine, made for these tests.
enum User: String, CaseIterable {
  /// The planner.
  case agent
  /// The owner of the home, and its worker.
  case billing
  /// Approvers, each with a password of their own.
  case ana, ben

  var name: String { "sluice-test-" + rawValue }
  /// Also where billing's home is.
  var folder: String { self == .billing ? Machine.home : "/home/" + name }
  var password: String { "of-" + rawValue }
}

/// The kernel's login of a process.
enum Login {
  /// The user's own, as after ssh.
  case own
  /// Another user's, who became this one.
  case of(User)
  /// None, as in a service.
  case none

  /// The name of the login, empty where there is none.
  func name(of user: User) -> String {
    switch self {
    case .own: user.name
    case .of(let other): other.name
    case .none: ""
    }
  }
}
