import Approval
import Domain
import Journal
import Support
import Testing

struct ApproversTests {
  @Test func `a token names its holder, and nothing but its hash is kept`() throws {
    let test = try TestHome()
    var random = SeededRandom(seed: 1)
    let approvers = Approvers(test.store)

    let (ben, token) = try approvers.add("ben", using: &random)
    let person = try approvers.person(holding: token + "\n")

    #expect(token.hasPrefix("ap_"))
    #expect(person == Person(name: "ben", identity: .token(ben.id)))
    #expect(try approvers.all() == [ben])
    var bodies = ""
    try test.store.forEachEntry { entry throws(Fault) in bodies += entry.body + entry.subject }
    #expect(!bodies.contains(token.dropFirst(3)))
    try test.store.verifyChain()
  }

  @Test(arguments: ["", "ap_", "ap_23456789bcdfghjkmnpqrstvwxz23456"])
  func `another token is nobody's`(token: String) throws {
    let test = try TestHome()
    var random = SeededRandom(seed: 1)
    _ = try Approvers(test.store).add("ben", using: &random)

    let fault = #expect(throws: Fault.self) { try Approvers(test.store).person(holding: token) }

    #expect(fault?.exit == .notAllowed)
  }

  @Test func `a removed approver's token counts for nothing, and the name is free again`() throws {
    let test = try TestHome()
    var random = SeededRandom(seed: 1)
    let approvers = Approvers(test.store)
    let (_, old) = try approvers.add("ben", using: &random)

    #expect(try approvers.remove("ben"))
    #expect(try !approvers.remove("ben"))
    #expect(throws: Fault.self) { try approvers.person(holding: old) }
    let (_, new) = try approvers.add("ben", using: &random)

    #expect(throws: Fault.self) { try approvers.person(holding: old) }
    #expect(try approvers.person(holding: new).name == "ben")
  }

  @Test func `a name is taken once`() throws {
    let test = try TestHome()
    var random = SeededRandom(seed: 1)
    _ = try Approvers(test.store).add("ben", using: &random)

    let fault = #expect(throws: Fault.self) {
      try Approvers(test.store).add("ben", using: &random)
    }

    #expect(fault?.exit == .notAllowed)
  }

  @Test func `an approver written into the journal by hand is not believed`() throws {
    let test = try TestHome()
    try test.tamper(
      """
      INSERT INTO journal
      SELECT sequence + 1, at, actor, 'approver_added', 'approver mallory',
             '{"id":"ap_id_x","token_sha256":"00"}', seal_key, seal
      FROM   journal ORDER BY sequence DESC LIMIT 1
      """)

    let fault = #expect(throws: Fault.self) { try Approvers(test.store).all() }

    #expect(fault?.exit == .storage)
  }
}
