import Foundation
import Support
import Testing

@Suite struct DecisionTests {
  @Test func `an approval of another digest is not allowed`() throws {
    let home = try CommandHome()
    let plan = try home.submit(csv(jobs: 2))
    let other = String(plan.digest.reversed())

    let outcome = try home.sluice(["approve", plan.batch, "--digest", other])

    #expect(
      outcome
        == Outcome(
          77,
          error: """
            sluice: that digest is not the one of \(plan.batch)
              look again with `sluice preview \(plan.batch)`; its digest is \(plan.digest)

            """))
    #expect(try home.states() == [plan.batch: "submitted"])
  }

  @Test func `an abbreviated digest approves nothing`() throws {
    let home = try CommandHome()
    let plan = try home.submit(csv(jobs: 2))

    let outcome = try home.sluice(
      ["approve", plan.batch, "--digest", String(plan.digest.dropLast())])

    #expect(outcome.status == 77)
    #expect(try home.states() == [plan.batch: "submitted"])
  }

  @Test func `an approved batch is not approved again`() throws {
    let home = try CommandHome()
    let plan = try home.submit(csv(jobs: 2))
    try home.succeed(["approve", plan.batch, "--digest", plan.digest])

    let outcome = try home.sluice(["approve", plan.batch, "--digest", plan.digest])

    #expect(
      outcome
        == Outcome(
          77,
          error: """
            sluice: \(plan.batch) is approved already
              run it with `sluice run \(plan.batch)`

            """))
  }

  @Test(arguments: [[], ["--json"]])
  func `without a terminal the digest is needed`(_ more: [String]) throws {
    let home = try CommandHome()
    let plan = try home.submit(csv(jobs: 2))

    let outcome = try home.sluice(["approve", plan.batch] + more, input: "y\n")

    #expect(outcome.status == 64)
    #expect(outcome.output == "")
    #expect(outcome.error.contains("there is no terminal to ask on, so the digest is needed"))
    #expect(try home.states() == [plan.batch: "submitted"])
  }

  @Test func `an expired approval runs nothing and has to be given again`() throws {
    let home = try CommandHome()
    let job = JobFileText(more: ", \"approval\": {\"expires_in\": \"1s\"}")
    let batch = try home.plan(csv(jobs: 2), under: job.text)
    Thread.sleep(forTimeInterval: 1.1)

    let late = try home.sluice(["run", batch])
    let again = try home.sluice(["run", batch])

    let hint =
      "  look at it with `sluice preview \(batch)`, then `sluice approve \(batch)`\n"
    #expect(late.status == 77)
    #expect(
      late.error.hasPrefix("sluice: \(batch) waits for approval again: the approval expired at "))
    #expect(late.error.hasSuffix("Z\n" + hint))
    #expect(again == Outcome(77, error: "sluice: \(batch) waits for approval\n" + hint))
    #expect(try home.states() == [batch: "submitted"])
    #expect(try home.report(batch).counts["queued"] == 2)
  }

  @Test func `a batch that nobody approved is not run`() throws {
    let home = try CommandHome()
    let batch = try home.submit(csv(jobs: 2)).batch

    let named = try home.sluice(["run", batch])
    let unnamed = try home.sluice(["run"])

    #expect(
      named
        == Outcome(
          77,
          error: """
            sluice: \(batch) waits for approval
              look at it with `sluice preview \(batch)`, then `sluice approve \(batch)`

            """))
    #expect(unnamed == Outcome(0, output: "Nothing to run: no batch is approved.\n"))
    #expect(try home.report(batch).counts["queued"] == 2)
  }

  @Test(arguments: [
    (["reject", "--reason", "wrong list"], "rejected"), (["cancel"], "cancelled"),
    (["run"], "finished"),
  ])
  func `a batch that is over is not run`(_ words: [String], _ state: String) throws {
    let home = try CommandHome()
    let plan = try home.submit(csv(jobs: 2))
    if state != "rejected" { try home.approve(plan.batch) }
    try home.succeed([words[0], plan.batch] + words.dropFirst())

    let run = try home.sluice(["run", plan.batch])
    let approve = try home.sluice(["approve", plan.batch, "--digest", plan.digest])
    let cancel = try home.sluice(["cancel", plan.batch])
    let reject = try home.sluice(["reject", plan.batch, "--reason", "no"])
    let amend = try home.sluice(["amend", plan.batch, "--cap", "usd=9.00"])

    #expect(
      run
        == Outcome(
          77,
          error: """
            sluice: \(plan.batch) is \(state); there is nothing to run
              see `sluice report \(plan.batch)`

            """))
    for outcome in [approve, cancel, reject, amend] { #expect(outcome.status == 77) }
    #expect(try home.states() == [plan.batch: state])
    #expect(try home.report(plan.batch).mistakes == [])
  }

  @Test func `a rejected list can be submitted again`() throws {
    let home = try CommandHome()
    let first = try home.submit(csv(jobs: 3)).batch
    let duplicate = try home.submit(csv(jobs: 3)).batch
    try home.succeed(["reject", first, "--reason", "wrong list"])

    let second = try home.submit(csv(jobs: 3)).batch

    #expect(
      try home.report(duplicate).skipped == [.init(reason: "duplicate", jobs: 3)])
    #expect(try home.report(second).counts["queued"] == 3)
  }

  @Test func `in live mode nobody approves alone`() throws {
    let home = try CommandHome(mode: "live")
    let plan = try home.submit(csv(jobs: 2))

    let outcome = try home.sluice(["approve", plan.batch, "--digest", plan.digest])

    #expect(outcome.status == 77)
    #expect(outcome.error.contains("person"))
    #expect(try home.states() == [plan.batch: "submitted"])
  }

  @Test func `a second run at once finds the lock taken`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv("cus_1,1.00,in_1"))
    try server.script(#"[{"fault": "drip", "seconds": 0.002, "match": "POST /v1/payment"}]"#)
    let first = try home.start(["run", batch])
    try waitUntil("the first run sends") { try server.charges().count == 1 }

    let second = try home.sluice(["run", batch])
    let cancel = try home.sluice(["cancel", batch])
    let amend = try home.sluice(["amend", batch, "--cap", "usd=9.00"])
    let reject = try home.sluice(["reject", batch, "--reason", "no"])

    let busy = Outcome(
      75,
      error: """
        sluice: process \(first.number) is working on \(batch)
          wait for it to end, then try again

        """)
    #expect([second, cancel, amend, reject] == [busy, busy, busy, busy])
    #expect(try first.wait().status == 0)
    #expect(try server.charges().count == 1)
    #expect(try home.report(batch).counts["charged"] == 1)
  }
}
