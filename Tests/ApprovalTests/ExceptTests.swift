import Approval
import Domain
import JSON
import Journal
import Queue
import Support
import Testing
import Vault

/// Jobs that the approver leaves out, and what the approval keeps.
struct ExceptTests {
  private func approve(
    _ test: TestHome, _ id: BatchID, except numbers: String? = nil, note: String? = nil
  ) throws -> ApprovalRecord {
    try test.approver.approve(
      id, digest: try test.queue.batch(id).digest, except: numbers.flatMap { JobNumbers($0) },
      note: note, by: .ben)
  }

  @Test func `jobs that are left out are skipped, and the others go ahead`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.submit(PlannedJob.samples(6))

    let approval = try approve(test, id, except: "2,4-5")
    try test.run(id, over: stripe)

    #expect(approval.jobs == 3)
    #expect(approval.excluded == "2,4-5")
    #expect(stripe.sends.map(\.job.number) == [1, 3, 6])
    for number in [2, 4, 5] {
      let job = try test.queue.job(JobID(batch: id, number: number))
      #expect(job.state == .skipped)
      #expect(job.skipReason == .excluded)
    }
    #expect(try test.queue.summary(of: id).exit == .done)
  }

  @Test func `a job that is left out frees its reference`() throws {
    let test = try TestHome()
    let id = try test.submit(PlannedJob.samples(2))
    _ = try approve(test, id, except: "2")

    let next = try test.submit(PlannedJob.samples(2))

    #expect(try test.states(next) == [.skipped, .queued])
  }

  @Test(arguments: ["7", "1-7", "3"])
  func `only queued jobs can be left out, and then nothing is approved`(numbers: String) throws {
    let test = try TestHome()
    _ = try test.submit([.sample(1, "cus_3", reference: "in_3")])
    let id = try test.submit(PlannedJob.samples(6))

    let fault = #expect(throws: Fault.self) { try approve(test, id, except: numbers) }

    #expect(fault?.exit == .usage)
    #expect(try test.queue.batch(id).state == .submitted)
    #expect(try test.states(id).count { $0 == .queued } == 5)
  }

  @Test func `a job that was left out is not sent when somebody queues it by hand`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.submit(PlannedJob.samples(2))
    _ = try approve(test, id, except: "1")
    try test.tamper("UPDATE job SET state = 'queued', skip_reason = NULL WHERE number = 1")

    _ = try? test.run(id, over: stripe)

    #expect(stripe.sends.isEmpty)
  }

  @Test func `what was left out stays out when the batch is amended and approved again`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.submit(PlannedJob.samples(4), under: .sample(cap: 100))
    _ = try approve(test, id, except: "3")
    try test.run(id, over: stripe)
    _ = try test.approver.amend(id, caps: [Money(minorUnits: 900, currency: .usd)], by: .ana)

    let second = try approve(test, id)
    try test.run(id, over: stripe)

    #expect(second.jobs == 2)
    #expect(try test.states(id) == [.charged, .charged, .skipped, .charged])
  }

  @Test func `the note is kept in the approval and in the journal`() throws {
    let test = try TestHome()
    let id = try test.submit(PlannedJob.samples(1))

    _ = try approve(test, id, note: "Acme wires it")

    #expect(try test.approver.approvals(of: id).map(\.note) == ["Acme wires it"])
    let entry = try #require(try test.store.lastEvent(of: id.text))
    #expect(entry.fields?["note"]?.string == "Acme wires it")
  }

  @Test(arguments: [
    "note = 'no'", "excluded = '2'", "jobs = 9", "approver_uid = 0", "approver = 'carl'",
    "expires_at = expires_at + 1", "approved_at = 0",
  ])
  func `an approval that was edited approves nothing`(change: String) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.submit(PlannedJob.samples(3))
    _ = try approve(test, id, except: "3", note: "yes")
    try test.tamper("UPDATE approval SET " + change)

    _ = try? test.run(id, over: stripe)

    #expect(stripe.sends.isEmpty)
    #expect(try test.queue.batch(id).state != .finished)
  }

  @Test func `the preview leaves out what the approver means to leave out`() throws {
    let test = try TestHome()
    let jobs: [PlannedJob] = [
      .sample(1, "cus_a", 100), .sample(2, "cus_a", 300), .sample(3, "cus_b", 200),
    ]
    let id = try test.submit(jobs, under: .sample(cap: 300))

    let preview = try test.preview(id, except: JobNumbers("2"))

    #expect(preview.totals.map(\.amount.minorUnits) == [300])
    #expect(preview.largest.map(\.planned.number) == [3, 1])
    #expect(preview.repeated.isEmpty)
    #expect(preview.forecast.charged == 2)
    #expect(preview.forecast.stop == nil)
  }
}
