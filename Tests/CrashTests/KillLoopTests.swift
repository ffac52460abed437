import Foundation
import Support
import Testing

/// `kill -9` at random moments, again and again, over one batch whose Stripe is another process.
@Suite struct KillLoopTests {
  @Test func `killed again and again, fifty jobs are charged once each and never above the cap`()
    throws
  {
    let environment = ProcessInfo.processInfo.environment
    let wanted = environment["SLUICE_KILLS"].flatMap { Int($0) } ?? 60
    let seed = environment["SLUICE_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
    var random = SeededRandom(seed: seed)
    var kills = 0
    var inDoubt = 0

    while kills < wanted {
      var batch = try KilledBatch(seed: random.next() % 1_000_000)
      try batch.drain(to: 40, kills: (wanted - kills) * 4 / 5)
      try batch.home.amend(batch.name, cap: "50.00")
      try batch.drain(to: 50, kills: wanted - kills - batch.kills)
      kills += batch.kills
      inDoubt += batch.inDoubt
    }

    print("kills: \(kills), \(inDoubt) with a job in doubt, SLUICE_SEED=\(seed)")
    #expect(0 < inDoubt && inDoubt < kills)
  }
}

/// Fifty jobs whose runs are killed, and a Stripe that takes its time.
private struct KilledBatch {
  let server: StripeServer
  let home: CrashHome
  let name: String
  /// How many runs were killed, and how many of them while a job might have been charged.
  var kills = 0
  var inDoubt = 0

  /// Every job is charged; the cap is met; a run that was killed had finished the batch before.
  private static let ends: [Int32] = [0, 11, 77]

  private var random: SeededRandom
  /// How long a run lives at most; it follows the pace of the machine.
  private var seconds = 0.1

  init(seed: UInt64) throws {
    server = try StripeServer()
    try server.delay(most: 0.02, seed: seed)
    home = try CrashHome(testing: server)
    try home.allow("40.00")
    // For every other account Stripe is asked first.
    name = try home.plan((1...50).map { $0.isMultiple(of: 2) ? "cus_\($0)" : "pm_card:cus_\($0)" })
    random = SeededRandom(seed: seed)
  }

  /// Runs the batch until as many jobs are charged, and kills the first so many runs.
  mutating func drain(to charges: Int, kills most: Int) throws {
    let enough = kills + most
    while kills < enough, try killedRun() { try expectPromises(cap: charges) }

    let run = try home.sluice(["run", name])
    #expect(Self.ends.contains(run.status), "\(run)")

    let report = try home.report(name)
    let theirs = try server.charged()
    #expect(report.state == (charges == 50 ? "finished" : "halted"))
    #expect(report.mistakes(against: theirs) == [])
    #expect(theirs.count == charges)
    #expect(report.names("charged") == Set(theirs))
    #expect(report.budgets.map(\.spent) == [Int64(charges) * 100])
    #expect(try home.sluice(["journal", "verify"]).status == 0)
  }

  /// Starts a run and kills it at a random moment; false when it ended by itself.
  private mutating func killedRun() throws -> Bool {
    let before = try server.charged().count
    let run = try home.start(["run", name])
    Thread.sleep(forTimeInterval: .random(in: 0...seconds, using: &random))
    run.signal(SIGKILL)
    let outcome = try run.wait()
    guard outcome.status == 128 + SIGKILL else {
      #expect(Self.ends.contains(outcome.status), "\(outcome)")
      return false
    }
    kills += 1
    let progress = try server.charged().count - before
    seconds = progress == 0 ? min(2, seconds * 1.2) : max(0.05, seconds / Double(progress))
    return true
  }

  /// Expects what holds at every instant.
  private mutating func expectPromises(cap: Int) throws {
    let theirs = try server.charged()
    let report = try home.report(name)
    #expect(report.mistakes(against: theirs) == [])
    #expect(theirs.count <= cap)
    inDoubt += report.names("in_doubt").count
  }
}
