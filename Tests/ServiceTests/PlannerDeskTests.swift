import Approval
import Audit
import Domain
import Foundation
import Journal
import Planner
import Queue
import Service
import Support
import Testing

@Suite struct PlannerDeskTests {
  private let home: TestHome

  init() throws { home = try TestHome() }

  @Test func `jobs that are planned one by one become one batch`() throws {
    let desk = try home.desk()

    for number in 1...3 {
      let added = try given(desk.plan([.sample(number)], under: "fees"))
      #expect(added.addition.numbers == [number])
    }
    let draft = try #require(try desk.list().drafts.first)
    let summary = try given(desk.submit(draft.id))

    #expect(draft.jobs == 3)
    #expect(summary.batch.jobs == 3)
    #expect(summary.batch.state == .submitted)
    #expect(summary.batch.source == draft.id.text)
    #expect(summary.batch.submittedBy == "ana")
    #expect(try desk.list().drafts.isEmpty)
    #expect(try desk.list().batches.map(\.batch.id) == [summary.batch.id])
    _ = try Audit(home.store).verify()
  }

  @Test func `every request may be repeated`() throws {
    let desk = try home.desk()
    let first = try given(desk.plan([.sample(1), .sample(2)], under: nil))
    let again = try given(desk.plan([.sample(1), .sample(2)], under: nil))

    let batch = try given(desk.submit(first.addition.draft)).batch.id
    let batchAgain = try given(desk.submit(first.addition.draft)).batch.id

    #expect(again.addition.numbers == first.addition.numbers)
    #expect(again.addition.added == 0)
    #expect(batchAgain == batch)
    #expect(try home.queue.batches().count == 1)
    #expect(
      try refusal(desk.plan([.sample(1)], under: nil)).message
        == "the reference \"in_1\" of cus_1 is taken by the job \(batch)#1")
    #expect(
      try refusal(desk.discard(first.addition.draft)).message.contains("is the batch \(batch)"))
  }

  @Test func `a draft is safe where a submission fails`() throws {
    let desk = try home.desk()
    let draft = try given(desk.plan([.sample(1)], under: nil)).addition.draft
    try home.block()
    #expect(throws: Fault.self) { try desk.submit(draft) }
    try home.unblock()
    try home.reopen()

    let later = try home.desk()
    let summary = try given(later.submit(draft))

    #expect(summary.batch.jobs == 1)
    _ = try Audit(home.store).verify()
  }

  @Test func `every problem of every job is told, and nothing is added`() throws {
    let desk = try home.desk()
    var empty = ProposedCharge.sample(2)
    empty.reference = nil
    empty.amountMinor = nil
    var wrong = ProposedCharge.sample(3)
    wrong.amount = "19.999"
    wrong.amountMinor = nil
    var nobody = ProposedCharge.sample(4)
    nobody.account = "ann"

    #expect(
      try refusal(desk.plan([.sample(1), empty], under: nil)).message
        == "job 2: give amount or amount_minor; job 2: reference is missing")
    #expect(
      try refusal(desk.plan([.sample(1), wrong, nobody], under: nil)).message
        == "job 2: usd amounts have exactly 2 decimals, \"19.999\" has 3; "
        + "job 3: \"ann\" is no account: write the customer's id, cus_ and what follows")
    #expect(try desk.list().drafts.isEmpty)
  }

  @Test func `what the job file fixes is not the planner's to say`() throws {
    let desk = try home.desk(fields: ["description": "Fee {invoice_number}"])
    var described = ProposedCharge.sample(1)
    described.description = "Something else"
    var invoiced = ProposedCharge.sample(1)
    invoiced.invoice = "in_9"

    #expect(
      try refusal(desk.plan([described], under: nil)).message
        == "job 1: the description is fixed by the job file: leave it out")
    #expect(try refusal(desk.plan([invoiced], under: nil)).message.contains("leave it out"))
    let draft = try given(desk.plan([.sample(1)], under: nil)).addition.draft
    let batch = try given(desk.submit(draft)).batch.id
    let job = try home.queue.job(JobID(batch: batch, number: 1))
    #expect(job.planned.description == "Fee in_1")
  }

  @Test func `a draft's forecast is the one its batch has`() throws {
    let desk = try home.desk(cap: "2.50")
    let two = try given(desk.plan((1...2).map { .sample($0) }, under: nil))
    let five = try given(desk.plan((1...5).map { .sample($0) }, under: nil))
    let draft = five.addition.draft

    let before = try given(desk.preview(draft))
    let batch = try given(desk.submit(draft)).batch.id
    let after = try given(desk.preview(batch))

    #expect(two.exceededCap == nil)
    #expect(five.exceededCap?.words == "2.50 usd per batch")
    #expect(before.forecast.charged == 2)
    #expect(before.forecast.stop?.number == 3)
    #expect(before.forecast.stop?.reason == .capExhausted)
    #expect(before.forecast == after.forecast)
    #expect(before.totals == after.totals)
    #expect(before.jobs == 5)
    #expect(after.batch?.id == batch)
  }

  @Test func `another planner's drafts and batches are not there`() throws {
    let mine = try home.desk()
    let other = try home.desk(of: "other")
    let draft = try given(mine.plan([.sample(1)], under: nil)).addition.draft
    let second = try given(mine.plan([.sample(2)], under: nil)).addition.draft

    #expect(try refusal(other.preview(draft)).message == "you have no draft \"\(draft)\"")
    #expect(try refusal(other.submit(draft)).message == "you have no draft \"\(draft)\"")
    #expect(try given(other.discard(draft)) == false)
    let batch = try given(mine.submit(second)).batch.id
    #expect(try refusal(other.status(of: batch)).message == "you have no batch \"\(batch)\"")
    #expect(try refusal(other.preview(batch)).message == "you have no batch \"\(batch)\"")
    #expect(try other.list().batches.isEmpty)
    #expect(
      try refusal(other.plan([.sample(1)], under: nil)).message
        == "the reference \"in_1\" of cus_1 is taken by a job of another planner")
  }

  @Test func `a job file that is not offered cannot be named`() throws {
    let refused = try refusal(try home.desk().plan([.sample(1)], under: "refunds"))

    #expect(refused.message == "there is no job file \"refunds\"")
    #expect(refused.advice == "choose one of these by name: fees")
  }

  @Test func `a job file that was changed makes its drafts void`() throws {
    let draft = try given(home.desk().plan([.sample(1)], under: nil)).addition.draft
    let changed = try home.desk(cap: "9.00")

    #expect(try refusal(changed.submit(draft)).message.contains("was changed"))
    #expect(try refusal(changed.plan([.sample(2)], under: nil)).message.contains("was changed"))
    #expect(try given(changed.discard(draft)))
  }

  @Test func `a status tells of so many jobs at a time`() throws {
    let desk = try home.desk()
    let draft = try given(desk.plan((1...201).map { .sample($0) }, under: nil)).addition.draft
    let batch = try given(desk.submit(draft)).batch.id

    let first = try given(desk.status(of: batch))
    let rest = try given(desk.status(of: batch, from: try #require(first.nextNumber)))

    #expect(first.outcomes.count == 200)
    #expect(rest.outcomes.map(\.number) == [201])
    #expect(rest.nextNumber == nil)
    #expect(try refusal(desk.status(of: batch, from: 0)).message.contains("counted from 1"))
  }

  @Test func `an invoice's id that stands for a reference is not told`() throws {
    let jobFile = JobFile.sample("invoices", operation: .invoicesPay)
    let jobs = [
      PlannedJob.sample(1, operation: .invoicesPay, reference: "in_9", invoice: "in_9"),
      PlannedJob.sample(2, operation: .invoicesPay, reference: "mine", invoice: "in_8"),
    ]
    let batch = try home.submit(jobs, under: jobFile)

    let status = try given(home.desk().status(of: batch))

    #expect(status.outcomes.map(\.reference) == [nil, "mine"])
  }

  @Test func `a reference that looks like an id of Stripe's is not told`() throws {
    let jobFile = JobFile.sample("refunds", operation: .refundsCreate)
    let references = [
      "ch_9", "pi_3PQ", "re_1", "in_1", "py_1", "txn_1", "cus_1", "INV-1", "in_ 1", "back in_1",
      "paid_1", "in_",
    ]
    let jobs = references.enumerated().map { place, reference in
      PlannedJob.sample(
        place + 1, operation: .refundsCreate, reference: reference, charge: "ch_\(place + 9)")
    }
    let batch = try home.submit(jobs, under: jobFile)

    let status = try given(home.desk().status(of: batch))

    #expect(
      status.outcomes.map(\.reference)
        == [nil, nil, nil, nil, nil, nil, nil, "INV-1", "in_ 1", "back in_1", "paid_1", "in_"])
  }
}
