import Approval
import Domain
import Journal
import Queue
import SQLite
import Support
import Testing
import Vault

struct SubmissionTests {
  @Test func `a batch enters whole, with its digest in the journal`() throws {
    let test = try TestHome()

    let id = try test.submit(PlannedJob.samples(3))

    let batch = try test.queue.batch(id)
    #expect(batch.state == .submitted)
    #expect(batch.jobs == 3)
    #expect(try test.queue.recomputedDigest(of: batch) == batch.digest)
    #expect(try test.store.lastEvent(of: id.text)?.body.contains(batch.digest) == true)
    #expect(try test.budget(of: id).limit.minorUnits == 50_000)
  }

  @Test func `what was planned is read back exactly`() throws {
    let test = try TestHome()
    let job = PlannedJob(
      number: 1, line: 13,
      movement: Movement(
        operation: .refundsCreate, account: "cus_é", amount: Money(minorUnits: 1, currency: .usd),
        charge: "ch_1"),
      reference: "in \"1\", 'x'", description: nil,
      paymentMethod: nil, reason: "15 days", metadata: [MetadataEntry(key: "a b", value: "{}\"\\")])

    let id = try test.submit([job], under: .sample("refunds", operation: .refundsCreate))

    #expect(try test.queue.batch(id).family == .refund)
    #expect(try test.queue.job(JobID(batch: id, number: 1)).planned == job)
  }

  @Test func `the same list again is stored as duplicates, and nobody is charged twice`() throws {
    let test = try TestHome()
    let first = try test.submit(PlannedJob.samples(3))

    let second = try test.submit(PlannedJob.samples(3))

    #expect(try test.states(second) == [.skipped, .skipped, .skipped])
    let job = try test.queue.job(JobID(batch: second, number: 2))
    #expect(job.skipReason == .duplicate)
    #expect(job.duplicateOf == "\(first)#2")
    #expect(try test.store.lastEvent(of: "\(second)#2")?.event == "skipped")
  }

  @Test func `a reference is free again once its batch is rejected or cancelled`() throws {
    let test = try TestHome()
    let rejected = try test.submit(PlannedJob.samples(1))
    try test.approver.reject(rejected, reason: "wrong")
    let cancelled = try test.submit(PlannedJob.samples(1))
    _ = try test.approver.cancel(cancelled, reason: nil)

    let third = try test.submit(PlannedJob.samples(1))

    #expect(try test.states(rejected) == [.skipped])
    #expect(try test.states(cancelled) == [.skipped])
    #expect(try test.states(third) == [.queued])
  }

  @Test func `a declined reference may be charged by a later batch, a charged one may not`() throws
  {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobs: [PlannedJob] = [.sample(1, "cus_decline_lost_card"), .sample(2, "cus_b")]
    try test.run(try test.plan(jobs), over: stripe)

    let second = try test.submit(jobs)

    #expect(try test.states(second) == [.queued, .skipped])
  }

  @Test func `the same reference of two accounts is no duplicate`() throws {
    let test = try TestHome()
    _ = try test.submit([.sample(1, "cus_a", reference: "2026-11")])

    let id = try test.submit([.sample(1, "cus_b", reference: "2026-11")])

    #expect(try test.states(id) == [.queued])
  }

  @Test func `a reference twice in one plan is refused, and names the first line`() throws {
    let test = try TestHome()

    let fault = #expect(throws: Fault.self) {
      try test.submit([
        .sample(1, "cus_a", reference: "in_1"), .sample(2, "cus_a", reference: "in_1"),
      ])
    }

    #expect(fault?.message == "cus_a has the reference \"in_1\" already on line 2")
    #expect(try test.queue.batches().isEmpty)
  }

  @Test func `the database itself refuses a second job with a taken reference`() throws {
    let test = try TestHome()
    let first = try test.submit(PlannedJob.samples(1))
    let second = try test.submit(PlannedJob.samples(1))
    #expect(first != second)

    let error = #expect(throws: SQLiteError.self) {
      try test.tamper(
        "UPDATE job SET state = 'queued', skip_reason = NULL, duplicate_of = NULL "
          + "WHERE batch = '\(second)'")
    }

    #expect(error?.isConstraint == true)
  }

  @Test(arguments: [0, -1, 100_000_000])
  func `the database itself refuses an amount outside the bounds`(amount: Int) throws {
    let test = try TestHome()
    _ = try test.submit(PlannedJob.samples(1))

    #expect(throws: SQLiteError.self) { try test.tamper("UPDATE job SET amount_minor = \(amount)") }
  }

  @Test func `every field of a job and of its terms changes the digest`() throws {
    let test = try TestHome()
    let plain = PlannedJob.sample(1)
    let head = try test.queue.batch(try test.submit([plain])).manifestHead(in: test.store.facts)
    let changed: [PlannedJob] = [
      .sample(2), .sample(1, "cus_other"), .sample(1, "cus_plain", 101),
      .sample(1, "cus_plain", 100, currency: .jpy), .sample(1, operation: .chargesCreate),
      .sample(1, reference: "in_2"), .sample(1, paymentMethod: nil), .sample(1, invoice: "in_1"),
      .sample(1, charge: "ch_1"),
    ]

    let digests = ([plain] + changed).map { job in
      var manifest = Manifest(head)
      manifest.add(job)
      return manifest.digest()
    }
    var other = head
    other.terms.policy.caps[0].limit.minorUnits = 1
    let empty = Manifest(head).digest()

    #expect(Set(digests + [empty, Manifest(other).digest()]).count == changed.count + 3)
  }
}

struct LookUpTests {
  @Test func `a unique beginning names a batch, an ambiguous one lists the choices`() throws {
    let test = try TestHome()
    let first = try test.submit(PlannedJob.samples(1))
    #expect(try test.queue.batch(matching: "overdue").id == first)
    _ = try test.submit([.sample(1, "cus_b")])

    let ambiguous = #expect(throws: Fault.self) { try test.queue.batch(matching: "overdue") }
    let missing = #expect(throws: Fault.self) { try test.queue.batch(matching: "nothing") }
    let wild = #expect(throws: Fault.self) { try test.queue.batch(matching: "%") }

    #expect(ambiguous?.exit == .usage)
    #expect(missing?.exit == .notFound)
    #expect(wild?.exit == .notFound)
    #expect(try test.queue.batch(matching: first.text).id == first)
  }

  @Test func `the exit codes of a run of several batches keep the worst`() {
    #expect(ExitCode.done.worse(.someNotCharged) == .someNotCharged)
    #expect(ExitCode.haltedByCap.worse(.someNotCharged) == .haltedByCap)
    #expect(ExitCode.halted.worse(.needsPerson) == .needsPerson)
    #expect(ExitCode.waiting.worse(.someNotCharged) == .waiting)
    #expect(ExitCode.someNotCharged.worse(.waiting) == .waiting)
    #expect(ExitCode.waiting.worse(.haltedByCap) == .haltedByCap)
    #expect(ExitCode.storage.worse(.needsPerson) == .storage)
  }
}
