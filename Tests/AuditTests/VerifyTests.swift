import Approval
import Audit
import Domain
import Journal
import Queue
import Support
import Testing

struct VerifyTests {
  @Test func `a home in which everything happened agrees with its journal`() throws {
    let home = try EventfulHome()
    let store = try home.open()
    var states: Set<JobState> = []
    for batch in try JobQueue(store).batches() {
      try JobQueue(store).forEachJob(of: batch.id) { job throws(Fault) in states.insert(job.state) }
    }

    let head = try Audit(store).verify()

    #expect(try head == store.journalHead())
    #expect(
      states == [.queued, .charged, .declined, .processing, .inDoubt, .unknown, .skipped])
    #expect(
      try Set(JobQueue(store).batches().map(\.state))
        == [.submitted, .approved, .halted, .rejected, .cancelled])
  }

  @Test func `every column of every table is tried`() throws {
    let home = try EventfulHome()
    let tables = [
      "home", "batch", "job", "hold", "attempt", "approval", "vault_key", "budget", "draft",
      "draft_job", "planner_hour",
    ]

    let columns = try tables.flatMap { try home.columns(of: $0) }

    #expect(Set(columns).subtracting(["home.one"]) == Set(Edit.all.map(\.column)))
  }

  @Test(arguments: Edit.all)
  func `an edit of any column is found`(_ edit: Edit) throws {
    let home = try EventfulHome()
    try home.tamper(edit.sql)

    let fault = #expect(throws: Fault.self) { try Audit(try home.open()).verify() }

    #expect(fault?.exit == .storage)
    #expect(
      fault?.findings.contains { $0.contains(edit.finding) } == true,
      "\(String(describing: fault))")
  }

  @Test(arguments: [
    "hold", "attempt", "approval", "vault_key", "budget", "job", "batch", "home", "draft",
    "draft_job", "planner_hour",
  ])
  func `a row that is deleted is missed`(table: String) throws {
    let home = try EventfulHome()
    try home.tamper(
      "DELETE FROM \(table) WHERE rowid = (SELECT min(rowid) FROM \(table))".replacing(table))

    let fault = #expect(throws: Fault.self) { try Audit(try home.open()).verify() }

    #expect(fault?.exit == .storage)
    #expect(
      fault?.findings.contains { $0.contains("whose row is gone") } == true
        || fault?.message.hasSuffix("is about another content of draft-agent-left#1") == true
        || fault?.message == "the home has lost what it is for", "\(String(describing: fault))")
  }

  @Test(arguments: Insertion.all)
  func `a row that no entry explains is found`(_ insertion: Insertion) throws {
    let home = try EventfulHome()
    try home.tamper(insertion.sql)

    let fault = #expect(throws: Fault.self) { try Audit(try home.open()).verify() }

    #expect(fault?.exit == .storage)
    #expect(
      fault?.findings.contains("no entry of the journal explains the row of \(insertion.name)")
        == true, "\(String(describing: fault))")
  }

  @Test func `the first sequence that is wrong comes first, and the rest is counted`() throws {
    let test = try TestHome()
    let id = try test.submit(PlannedJob.samples(150))
    try test.approver.reject(id, reason: "no")
    try test.tamper("UPDATE job SET settled_at = 1; UPDATE batch SET planner = 'eve'")
    try test.reopen()

    let fault = #expect(throws: Fault.self) { try Audit(test.store).verify() }

    #expect(
      fault?.message
        == "the journal's entry 3 (rejected) says planner of \(id) is agent, its row says eve")
    #expect(fault?.details.count == 101)
    #expect(fault?.details.last == "and 51 more")
  }

  @Test func `a planner's hour is what the journal says, wherever the clock went`() throws {
    let test = try TestHome()
    try test.draft(["cus_1"])
    test.clock.step(.hours(-2))
    try test.draft(["cus_2", "cus_3"])
    test.clock.step(.hours(2))
    try test.draft(["cus_4"])
    try test.draft(["cus_5", "cus_6"])
    try test.draft(["cus_7"], as: "other")
    _ = try Audit(test.store).verify()

    try test.tamper("UPDATE planner_hour SET jobs = 1 WHERE planner = 'agent'")
    let fault = #expect(throws: Fault.self) { try Audit(test.store).verify() }

    #expect(
      fault?.message
        == "the journal's entry 5 (planned) says jobs of the hour of agent is 3, its row says 1")
  }

  @Test func `a charged job that is made out as declined is named by its entry`() throws {
    let home = try EventfulHome()
    try home.tamper(
      "UPDATE job SET state = 'declined' WHERE account = 'cus_plain' AND state = 'charged'")
    let store = try home.open()
    let id = try #require(try JobQueue(store).batches().last?.id)
    let entry = try #require(try store.lastEvent(of: "\(id)#1"))

    let fault = #expect(throws: Fault.self) { try Audit(store).verify() }

    #expect(
      fault?.message
        == "the journal's entry \(entry.sequence) (settled) says \(id)#1 is charged, "
        + "its row says declined")
    #expect(fault?.details == [])
  }
}

extension Fault {
  /// Everything that was found.
  fileprivate var findings: [String] { details + [message] }
}

extension String {
  /// Tables without a rowid are cut at their own key.
  fileprivate func replacing(_ table: String) -> String {
    switch table {
    case "attempt", "job", "draft_job": "DELETE FROM \(table) WHERE number = 1"
    case "planner_hour": "DELETE FROM planner_hour WHERE planner = 'other'"
    case "budget": "DELETE FROM budget WHERE scope = 'home'"
    default: self
    }
  }
}
