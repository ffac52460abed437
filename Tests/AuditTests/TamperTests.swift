import Audit
import Domain
import Foundation
import Journal
import Queue
import SQLite
import Stripe
import Support
import Testing
import Vault

/// Whatever somebody without the seal key changes by hand is found, named, and not sent.
struct TamperTests {
  /// How many seeds are tried: `SLUICE_SEEDS` asks for more, `SLUICE_SEED` for one alone.
  static let seeds: ClosedRange<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment["SLUICE_SEED"].flatMap(UInt64.init) { return one...one }
    return 1...(environment["SLUICE_SEEDS"].flatMap(UInt64.init) ?? 144)
  }()

  @Test func `every table of a home is tampered with`() throws {
    let home = try EventfulHome()
    let database = try home.connect()

    let tables = try Tampering.tables(database)

    #expect(tables.count == 12)
    for table in tables { #expect(!(try TamperedTable(table, database).rows.isEmpty), "\(table)") }
  }

  @Test func `a home that nobody touched sends what was approved`() throws {
    let sent = try Sent.byUntouched.get()

    #expect(sent.map(\.job.number).sorted() == [1, 2, 3])
    #expect(Set(sent.map(\.job.batch)).count == 2)
  }

  @Test(arguments: seeds)
  func `a random change by hand is found and named, and nothing it touches is sent`(
    seed: UInt64
  ) throws {
    let home = try EventfulHome()
    let tampering = try Tampering.make(seed, try home.connect())

    let fault = #expect(throws: Fault.self, "seed \(seed): \(tampering.what)") {
      try Audit(try home.open()).verify()
    }
    let sent = try Sent.by(home, settlingFirst: seed.isMultiple(of: 2))

    let findings = (fault?.details ?? []) + [fault?.message ?? ""]
    let isNamed = findings.contains { finding in tampering.names.contains(where: finding.contains) }
    #expect(fault?.exit == .storage)
    #expect(
      isNamed,
      "seed \(seed): \(tampering.what): \(findings.prefix(3))")
    let expected = try Sent.byUntouched.get()
    let altered = sent.filter { !expected.contains($0) }.map(\.job.description)
    #expect(altered == [], "seed \(seed): \(tampering.what)")
    let touched = sent.filter { tampering.batches?.contains($0.job.batch.text) ?? true }
    #expect(touched.map(\.job.description) == [], "seed \(seed): \(tampering.what)")
  }
}

extension TamperTests {
  @Test(arguments: [Int64.max, .min])
  func `an entry of the last or first sequence there can be ends no process`(
    sequence: Int64
  ) throws {
    let home = try EventfulHome()
    let database = try home.connect()
    for subject in [nil] + (try Tampering.names("SELECT id AS name FROM batch", database)) {
      let chosen = subject.map { "'\($0)'" } ?? "subject"
      let copy = "SELECT \(sequence), at, actor, event, \(chosen), body, seal_key, seal"
      try Tampering.apply(
        "DELETE FROM journal WHERE sequence = \(sequence); "
          + "INSERT INTO journal \(copy) FROM journal WHERE event = 'approved' LIMIT 1", database)

      #expect(throws: Fault.self) { try Audit(try home.open()).verify() }
      #expect(try Sent.by(home) == [])
    }
  }
}

/// What a home sends when everything in it is settled and run.
struct Sent: Equatable {
  let job: JobID
  let movement: Movement
  let idempotencyKey: String
  let body: [UInt8]

  init(_ attempt: Attempt) {
    job = attempt.job
    movement = attempt.movement
    idempotencyKey = attempt.idempotencyKey
    body = attempt.body
  }

  /// What is sent where nobody changed anything.
  static let byUntouched = Result { try by(EventfulHome()) }

  private static let batches = Result {
    try JobQueue(try EventfulHome().open()).batches().map(\.id)
  }

  /// Runs every batch that there is by right and settles it, each in a process of its own.
  static func by(_ home: EventfulHome, settlingFirst: Bool = false) throws -> [Sent] {
    try by(home, try batches.get(), settlingFirst: settlingFirst)
  }

  /// Runs the batches that send something where nobody changed anything.
  static func bySenders(in home: EventfulHome) throws -> [Sent] {
    let senders = Set(try byUntouched.get().map(\.job.batch))
    return try by(home, try batches.get().filter(senders.contains), settlingFirst: false)
  }

  private static func by(
    _ home: EventfulHome, _ batches: [BatchID], settlingFirst: Bool
  ) throws -> [Sent] {
    var sent: [Sent] = []
    for batch in batches {
      try refusable {
        let (test, stripe) = try home.reopen()
        if settlingFirst { try refusable { try test.settle(batch, over: stripe) } }
        try refusable { try test.run(batch, over: stripe) }
        if !settlingFirst { try refusable { try test.settle(batch, over: stripe) } }
        sent += stripe.sends.map(Sent.init)
      }
    }
    return sent
  }

  /// Does what may be refused, and nothing else may go wrong.
  private static func refusable(_ work: () throws -> Void) throws {
    do { try work() } catch is Fault {}
  }
}
