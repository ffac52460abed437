/// Who submits or decides: a name for people to read, and what tells one person from another.
package struct Person: Equatable, Sendable {
  package let name: String
  /// Nil where neither the kernel nor a token says who it is.
  package let identity: Identity?

  /// A person of this name and identity.
  package init(name: String, identity: Identity?) {
    self.name = name
    self.identity = identity
  }

  /// A person as the kernel knows a login; without a login uid nobody in particular.
  package init(name: String, uid: UInt32?) {
    self.init(name: name, identity: uid.map(Identity.login))
  }

  /// Whether these are certainly two people: both are known, and neither name nor identity is the
  /// same.
  ///
  /// A login and a token that bear one name are taken for one person's.
  package func isSurelyAnother(than other: Person) -> Bool {
    guard let identity, let theirs = other.identity else { return false }
    return identity != theirs && !bearsName(of: other)
  }

  /// Whether both bear one name; neither capital letters nor what `sudo` claims make it another.
  package func bearsName(of other: Person) -> Bool { ownName == other.ownName }

  private var ownName: String {
    let end = name.firstRange(of: Self.sudoClaim)?.lowerBound ?? name.endIndex
    return name[..<end].lowercased()
  }

  /// What stands between the name of a login and whom `sudo` claims behind it.
  package static let sudoClaim = " (sudo: "
}

/// What tells one person from another.
package enum Identity: Hashable, Sendable {
  /// The kernel's login uid, which `sudo` does not change.
  case login(UInt32)
  /// An approver's own token.
  case token(ApproverID)

  /// The login uid, for whoever came by a login.
  package var uid: UInt32? {
    switch self {
    case .login(let uid): uid
    case .token: nil
    }
  }

  /// The approver's public id, for whoever came by a token.
  package var approver: ApproverID? {
    switch self {
    case .login: nil
    case .token(let id): id
    }
  }
}
