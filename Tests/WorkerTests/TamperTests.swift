import Approval
import Domain
import JSON
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault

/// What somebody with the sqlite3 shell, and without the seal key, cannot make Sluice do.
struct TamperTests {
  @Test func `an attempt put in before the claim is not sent`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1))
    try test.tamper(
      """
      PRAGMA foreign_keys = OFF;
      INSERT INTO attempt (batch, number, idempotency_key, body, api_version, vault_key, sends,
                           first_sent_at, last_sent_at, ask_again, seal)
      VALUES ('\(id)', 1, 'mine', CAST('amount=99999999&customer=cus_victim' AS BLOB), 'x', 'k', 0,
              0, 0, 1, 'x')
      """)

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .storage)
    #expect(stripe.sends.isEmpty)
  }

  @Test(arguments: [
    "idempotency_key = 'another'", "first_sent_at = first_sent_at + 108000000", "sends = 0",
    "last_sent_at = 0",
    "payment_intent = 'pi_of_somebody'", "ask_again = 0", "body = CAST('amount=1' AS BLOB)",
    "api_version = 'x'", "stripe_account = 'acct_x'", "vault_key = 'k'", "server_errors = 1",
  ])
  func `an attempt edited while in doubt is neither sent again nor cancelled`(
    change: String
  ) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1), under: .sample(approvalExpiresIn: .days(7)))
    try leaveInDoubt(test, stripe, id)
    let asked = stripe.questions.count
    try test.tamper("PRAGMA foreign_keys = OFF; UPDATE attempt SET " + change)

    #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(stripe.sends.count == 1)
    #expect(stripe.questions.dropFirst(asked).allSatisfy { $0 == .time })
    #expect(try test.states(id) == [.inDoubt])
  }

  @Test(arguments: [
    "DELETE FROM hold; DELETE FROM budget",
    "UPDATE budget SET spent_minor = 2, spent_on_day_minor = 2, spent_in_month_minor = 2",
    "UPDATE budget SET held_minor = 1 WHERE scope = 'home'",
    "UPDATE budget SET spent_on_day_minor = 0 WHERE scope = 'job_file overdue'",
    "UPDATE budget SET day = day - 1",
  ])
  func `a cap refilled by hand is not believed`(change: String) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(4), under: .sample(cap: 200))
    try test.run(id, over: stripe)
    try test.tamper(change)

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .storage)
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 200)
  }

  @Test func `a cap refilled by hand during a run halts it`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(4), under: .sample(cap: 200))
    stripe.onSend = { attempt in
      if attempt.job.number == 2 {
        try? test.tamper(
          "UPDATE budget SET spent_minor = 0, spent_on_day_minor = 0, spent_in_month_minor = 0 "
            + "WHERE scope LIKE 'batch %'")
      }
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(try test.queue.batch(id).halt?.reason == .integrity)
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 200)
  }

  @Test func `an older, higher cap does not come back`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(8), under: .sample(cap: 800))
    let old = try test.queue.batch(id)
    _ = try test.approver.amend(id, caps: [Money(minorUnits: 200, currency: .usd)], by: .ana)
    try test.approve(id)
    try test.tamper(
      "UPDATE batch SET terms = '\(old.terms.json.text)', digest = '\(old.digest)'")

    try test.run(id, over: stripe)

    #expect(try test.queue.batch(id).halt?.reason == .integrity)
    #expect(stripe.sends.isEmpty)
  }

  @Test func `a journal that is cut while a batch runs stops it`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(4))
    stripe.onSend = { attempt in
      if attempt.job.number == 2 {
        try? test.tamper(
          """
          DROP TRIGGER journal_no_delete;
          DELETE FROM journal WHERE sequence > (SELECT max(sequence) - 3 FROM journal);
          """)
      }
      return .pass
    }

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .storage)
    #expect(stripe.sends.count == 2)
  }

  @Test func `a revocation undone by hand still counts`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    stripe.onSend = { _ in
      if let key = try? test.vault.keys(of: id).first {
        _ = try? test.vault.revoke(key, reason: "enough")
      }
      try? test.tamper("UPDATE vault_key SET revoked_at = NULL, revoked_by = NULL")
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 1)
    #expect(try test.queue.batch(id).halt?.reason == .keyRevoked)
  }

  @Test(arguments: [
    ("DROP TRIGGER journal_no_delete", "journal_no_delete"),
    ("DROP INDEX job_reference_taken", "job_reference_taken"),
    ("CREATE TABLE more (x INTEGER)", "more"),
    ("CREATE TRIGGER sqlite1 AFTER INSERT ON hold BEGIN DELETE FROM hold; END", "sqlite1"),
  ])
  func `a schema changed by hand stops every run`(change: String, name: String) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1))
    try test.tamper(change)

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.message == "the database's schema was changed by hand: \(name)")
    #expect(stripe.sends.isEmpty)
  }

  @Test(arguments: [
    "UPDATE batch SET terms = replace(terms, '\"four_eyes\":true', '\"four_eyes\":false')",
    "UPDATE batch SET submitted_uid = 4242",
  ])
  func `four eyes cannot be lifted by hand`(change: String) throws {
    let test = try TestHome()
    let id = try test.submit(PlannedJob.samples(1), under: .sample(fourEyes: true))
    try test.tamper(change)
    let digest = try test.queue.recomputedDigest(of: try test.queue.batch(id))
    try test.tamper("UPDATE batch SET digest = '\(digest)'")

    #expect(throws: Fault.self) { try test.approver.approve(id, digest: digest, by: .ana) }

    #expect(try test.queue.batch(id).state == .submitted)
  }

  @Test func `who amends a batch cannot approve it alone under four eyes`() throws {
    let test = try TestHome()
    let id = try test.plan(PlannedJob.samples(4), under: .sample(cap: 200, fourEyes: true))
    let amended = try test.approver.amend(
      id, caps: [Money(minorUnits: 900, currency: .usd)], by: .ben)

    let fault = #expect(throws: Fault.self) {
      try test.approver.approve(id, digest: amended.digest, by: .ben)
    }

    #expect(fault?.exit == .notAllowed)
  }

  @Test func `amend does not take up terms that were edited by hand`() throws {
    let test = try TestHome()
    let id = try test.plan(PlannedJob.samples(4), under: .sample(accounts: ["cus_1", "cus_2"]))
    try test.tamper("UPDATE batch SET terms = replace(terms, '[\"cus_1\",\"cus_2\"]', 'null')")

    #expect(throws: Fault.self) {
      try test.approver.amend(id, caps: [Money(minorUnits: 900, currency: .usd)], by: .ana)
    }
  }
}

/// Leaves the first job in doubt: it was charged, the answer was lost, and the worker was stopped.
func leaveInDoubt(_ test: TestHome, _ stripe: TestStripe, _ id: BatchID) throws {
  let signals = TestSignals()
  stripe.onSend = { _ in
    signals.isInterrupted = true
    return .executed(.lost("reset"))
  }
  try test.run(id, over: stripe, signals: signals)
  stripe.onSend = { _ in .pass }
}
