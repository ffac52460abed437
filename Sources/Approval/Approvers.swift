package import Domain
internal import JSON
package import Journal
internal import SQLite

/// A named person who approves with a token, where the kernel knows no login.
package struct RegisteredApprover: Equatable, Sendable {
  package let id: ApproverID
  package let name: String
  package let addedAt: Timestamp
  package let addedBy: String
  /// SHA-256 of the token, in hexadecimal.
  let tokenSHA256: String
}

/// The approvers of a home; the journal itself holds them.
package struct Approvers {
  package let store: Store

  /// The approvers of a home.
  package init(_ store: Store) { self.store = store }

  /// Registers a person and returns their token, which is shown once and not kept.
  ///
  /// Throws `notAllowed` when the name is taken.
  package func add(
    _ name: String, using random: inout some RandomNumberGenerator
  ) throws(Fault) -> (approver: RegisteredApprover, token: String) {
    let token = Self.prefix + randomName(length: 32, using: &random)
    let id = ApproverID("ap_id_" + randomName(length: 12, using: &random))
    let transaction = try store.begin()
    guard try approver(named: name) == nil else {
      throw Fault(
        .notAllowed, "\(quoted(name)) is an approver already",
        hint: "for a new token, `sluice approvers remove \(printable(name))` first")
    }
    try transaction.append(
      .approverAdded, subject: Self.subject(name),
      ["id": .string(id.text), "token_sha256": .string(Self.digest(token))])
    _ = try transaction.commit()
    guard let approver = try approver(named: name) else {
      throw .untrusted("\(quoted(name)) was added and is not there")
    }
    return (approver, token)
  }

  /// Removes a person, whose token then counts for nothing; false when there is none.
  package func remove(_ name: String) throws(Fault) -> Bool {
    let transaction = try store.begin()
    guard let approver = try approver(named: name) else { return false }
    try transaction.append(
      .approverRemoved, subject: Self.subject(name), ["id": .string(approver.id.text)])
    _ = try transaction.commit()
    return true
  }

  /// Everybody who is registered, by name.
  package func all() throws(Fault) -> [RegisteredApprover] {
    var approvers: [RegisteredApprover] = []
    for subject in try subjects() {
      if let approver = try approver(of: subject) { approvers.append(approver) }
    }
    return approvers
  }

  /// What the entries about approvers are about, by name.
  private func subjects() throws(Fault) -> [String] {
    try store.rows(
      """
      SELECT DISTINCT subject
      FROM   journal
      WHERE  subject > :from AND subject < :to
      ORDER  BY subject
      """,
      [":from": .text(Self.subject("")), ":to": .text("approver!")]
    ) { row throws(Fault) in row.text("subject") }
  }

  /// Whose token it is; throws `notAllowed` when it is nobody's.
  package func person(holding token: String) throws(Fault) -> Person {
    let digest = Self.digest(String(token.filter { !$0.isWhitespace }))
    guard let approver = try all().first(where: { $0.tokenSHA256 == digest }) else {
      throw Fault(
        .notAllowed, "the token is no approver's of this home",
        hint: "see `sluice approvers list`; `sluice approvers add NAME` makes a new one")
    }
    return Person(name: approver.name, identity: .token(approver.id))
  }

  /// Throws `notAllowed` where the person came by a token that was taken back meanwhile.
  package func requireStillThere(_ person: Person) throws(Fault) {
    guard let id = person.identity?.approver else { return }
    guard try approver(named: person.name)?.id == id else {
      throw Fault(
        .notAllowed, "\(person.name) is no approver any more",
        hint: "see `sluice approvers list`")
    }
  }

  /// Throws `notAllowed` where two may be one: a token is its maker's, too, and proves no second
  /// person beside them.
  package func requireUnrelated(_ person: Person, _ other: Person) throws(Fault) {
    guard let tie = try tie(between: person, other) else { return }
    throw Fault(
      .notAllowed, tie.sentence,
      hint: "ask somebody whose login or token is not from \(tie.maker.name)")
  }

  /// What makes two of them one, perhaps; nil when neither has a token that comes from the other.
  func tie(between person: Person, _ other: Person) throws(Fault) -> Tie? {
    for (holder, maker) in [(person, other), (other, person)] {
      guard try makers(of: holder).contains(where: maker.bearsName(of:)) else { continue }
      return Tie(holder: holder, maker: maker)
    }
    return nil
  }

  /// A token that one person has from another.
  struct Tie {
    let holder: Person
    let maker: Person

    var sentence: String {
      "the token of \(holder.name) comes from \(maker.name), so the two may be one person"
    }
  }

  /// The names of who may hold a person's token as well: whoever made it, whoever made theirs, and
  /// so on.
  func makers(of person: Person) throws(Fault) -> [Person] {
    guard let id = person.identity?.approver else { return [] }
    let added = try additions()
    var makers: [Person] = []
    var open = added.filter { $0.id == id }
    while let addition = open.popLast() {
      let maker = Person(name: addition.addedBy, identity: nil)
      guard !makers.contains(where: maker.bearsName(of:)) else { continue }
      makers.append(maker)
      open += added.filter { Person(name: $0.name, identity: nil).bearsName(of: maker) }
    }
    return makers
  }

  /// Everybody who was ever registered.
  private func additions() throws(Fault) -> [RegisteredApprover] {
    var added: [RegisteredApprover] = []
    for subject in try subjects() {
      for entry in try store.events(of: subject, among: [.approverAdded]) {
        added.append(try Self.approver(of: subject, entry))
      }
    }
    return added
  }

  private func approver(named name: String) throws(Fault) -> RegisteredApprover? {
    try approver(of: Self.subject(name))
  }

  private func approver(of subject: String) throws(Fault) -> RegisteredApprover? {
    let entry = try store.lastEvent(of: subject)
    guard let entry, entry.event == JournalEvent.approverAdded.rawValue else { return nil }
    return try Self.approver(of: subject, entry)
  }

  private static func approver(
    of subject: String, _ entry: JournalEntry
  ) throws(Fault) -> RegisteredApprover {
    guard let id = entry.fields?["id"]?.string, let digest = entry.fields?["token_sha256"]?.string
    else { throw .untrusted("the journal's entry \(entry.sequence) names no approver") }
    return RegisteredApprover(
      id: ApproverID(id), name: String(subject.dropFirst(self.subject("").count)),
      addedAt: entry.at, addedBy: entry.actor, tokenSHA256: digest)
  }

  /// How a token begins, so that one that is lost can be told from other secrets.
  package static let prefix = "ap_"

  /// What the entries of one approver are about: nothing else is journaled under this name.
  private static func subject(_ name: String) -> String { "approver \(name)" }

  private static func digest(_ token: String) -> String {
    hex(SHA256.digest(Array(token.utf8)))
  }
}
