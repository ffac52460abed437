import Support
import Testing

@Suite struct TamperTests {
  @Test(arguments: [
    "UPDATE job SET amount_minor = 9900 WHERE number = 2",
    "UPDATE job SET account = 'cus_mallory' WHERE number = 2",
    "UPDATE job SET reference = 'in_9' WHERE number = 2",
    "UPDATE job SET payment_method = 'pm_mallory' WHERE number = 1",
    "UPDATE job SET metadata = '{\"plan\":\"gold\"}' WHERE number = 3",
    "UPDATE job SET number = 4 WHERE number = 3",
  ])
  func `a job edited after its approval is not sent, nor is any other`(_ sql: String) throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 3))
    try home.tamper(sql)

    let outcome = try home.sluice(["run", batch])
    let again = try home.sluice(["run", batch])

    #expect(outcome.status == 12)
    #expect(outcome.error.isEmpty)
    #expect(outcome.output.contains("Halted (integrity): the jobs of \(batch) are not the ones"))
    #expect(again.status == 12)
    #expect(try home.states() == [batch: "halted"])
    #expect(try server.charges() == [])
  }

  @Test func `a job edited while the batch runs is not sent`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 3))
    try server.script(#"[{"fault": "drip", "seconds": 0.002, "match": "POST /v1/payment"}]"#)
    let run = try home.start(["run", batch])
    try waitUntil("the first request is sent") { try server.charges().count == 1 }

    try home.tamper("UPDATE job SET amount_minor = 9900 WHERE number = 2")
    let outcome = try run.wait()

    let report = try home.report(batch)
    #expect(outcome.status == 12)
    #expect(report.halt == .init(reason: "integrity", number: 2))
    #expect(report.counts["charged"] == 1)
    #expect(try server.charges().count == 1)
  }

  @Test(arguments: [
    "UPDATE batch SET state = 'approved', halt_reason = NULL, halt_number = NULL",
    "UPDATE batch SET terms = replace(terms, '200,', '20000,')",
    "DELETE FROM budget",
    "UPDATE budget SET spent_minor = 0, spent_on_day_minor = 0, spent_in_month_minor = 0",
    "UPDATE hold SET state = 'voided', posted_minor = NULL WHERE number = 1",
    """
    UPDATE job SET state = 'queued', settled_at = NULL, object = NULL WHERE number = 1;
    UPDATE hold SET state = 'voided', posted_minor = NULL WHERE number = 1;
    UPDATE budget SET spent_minor = 100, spent_on_day_minor = 100, spent_in_month_minor = 100;
    """,
    "UPDATE hold SET posted_minor = 1; UPDATE budget SET spent_on_day_minor = 2;",
  ])
  func `a cap-halted batch whose rows were edited sends nothing more`(_ sql: String) throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 3), under: JobFileText(cap: "2.00").text)
    let capped = try home.sluice(["run", batch])
    try home.tamper(sql)

    let outcome = try home.sluice(["run", batch])

    #expect(capped.status == 11)
    #expect(outcome.status == 74 || outcome.status == 12, "\(outcome)")
    #expect(try server.charges().count == 2)
  }

  @Test(arguments: [
    "UPDATE journal SET actor = 'nobody' WHERE sequence = 2",
    "DELETE FROM journal WHERE sequence = 2",
  ])
  func `the journal refuses edits, and shows those that were forced`(_ sql: String) throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 3))

    #expect(throws: (any Error).self) { try home.tamper(sql) }
    try home.tamper(
      """
      DROP TRIGGER journal_no_update;
      DROP TRIGGER journal_no_delete;
      \(sql);
      CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
      CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
      """)
    let verify = try home.sluice(["journal", "verify"])
    let run = try home.sluice(["run", batch])

    #expect(verify.status == 74)
    #expect(verify.error.hasPrefix("sluice: the journal is wrong at sequence 2: "))
    #expect(run == verify)
    #expect(try server.charges() == [])
  }

  @Test func `with a rule of the schema dropped nothing is sent`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 3))
    try home.tamper("DROP TRIGGER journal_no_update")

    let run = try home.sluice(["run", batch])

    #expect(
      run
        == Outcome(
          74,
          error: """
            sluice: the database's schema was changed by hand: journal_no_update
              nothing was sent; run `sluice journal verify` and restore a backup

            """))
    #expect(try server.charges() == [])
  }

  @Test func `an approval written by hand approves nothing`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let approved = try home.plan(csv("cus_1,1.00,in_1"))
    let batch = try home.submit(csv("cus_2,1.00,in_2")).batch
    try home.tamper(
      """
      INSERT INTO approval (batch, digest, approver, approved_at, expires_at, jobs, seal)
      SELECT '\(batch)', (SELECT digest FROM batch WHERE id = '\(batch)'), approver, approved_at,
             expires_at, jobs, seal
      FROM   approval
      WHERE  batch = '\(approved)';
      UPDATE batch SET state = 'approved' WHERE id = '\(batch)';
      """)

    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == 74)
    #expect(outcome.error.contains("(submitted) says \(batch) is submitted, its row says approved"))
    #expect(try server.charges() == [])
  }
}
