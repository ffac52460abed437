import Support
import Testing

/// The power is lost: of what a command wrote, what it synced is there and the rest may be.
///
/// The command's writes and syncs are recorded and played back onto a copy of the home, to every
/// place where something may be lost, once with nothing unsynced kept and then with some of it.
@Suite struct PowerLossTests {
  private let losses: [UInt64?] = Sweep.isWhole ? [nil, 1, 2, 3, 4, 5] : [nil, 1]

  /// With a large log the run ends with a checkpoint.
  @Test(arguments: [false, true])
  func `after a power loss every claim that was sent is there, and each job is charged once`(
    _ isLogLarge: Bool
  ) throws {
    let server = try StripeServer()
    let home = try CrashHome(testing: server)
    let batch = try home.plan(["cus_1", "pm_card:cus_2", "pm_card:cus_3"])
    if isLogLarge { try home.growLog() }
    var disk = try Disk(of: home)
    let recording = try Recording(["run", batch], in: home)
    #expect(recording.outcome.status == 11)
    #expect(recording.posts(before: recording.events.count) == 2)
    #expect(recording.writes(to: "sluice.db") == isLogLarge)

    var done = 0
    for moment in recording.moments {
      recording.events[done..<moment].forEach { disk.take($0) }
      done = moment
      for seed in losses {
        let found = try disk.afterPowerLoss(keeping: coins(seed))
        try expectCharges(
          found, batch, sent: recording.posts(before: moment), "\(moment) \(seed as Any)")
        #expect(try server.charged().sorted() == ["\(batch)#1", "\(batch)#2"])
      }
    }
  }

  @Test(arguments: Deed.all)
  func `after a power loss a command is done whole or not at all, and done once it said so`(
    _ deed: Deed
  ) throws {
    let prepared = try Prepared()
    let before = try prepared.home.events()
    var disk = try Disk(of: prepared.home)
    let recording = try Recording(deed.words(prepared), in: prepared.home)
    #expect(recording.outcome.status == 0)

    var done = 0
    for moment in recording.moments {
      recording.events[done..<moment].forEach { disk.take($0) }
      done = moment
      for seed in losses {
        let found = try disk.afterPowerLoss(keeping: coins(seed))
        let events = try found.events()
        let isDone = events == before + deed.events
        let hasSaidSo = moment == recording.events.count
        #expect(isDone || events == before && !hasSaidSo, "\(moment) \(seed as Any): \(events)")
        #expect(try found.sluice(["journal", "verify"]).status == 0, "\(moment) \(seed as Any)")
      }
    }
  }

  /// Expects that the home knows of every charge that was sent, and ends as it should.
  private func expectCharges(
    _ home: CrashHome, _ batch: String, sent: Int, _ comment: Comment
  ) throws {
    let between = try home.report(batch)
    let known = between.names("charged", "in_doubt").count
    #expect(known == sent || known == sent + 1, comment)
    #expect(between.mistakes == [], comment)
    #expect(try home.sluice(["journal", "verify"]).status == 0, comment)
    if between.halt == nil { #expect(try home.sluice(["run", batch]).status == 11, comment) }
    let report = try home.report(batch)
    #expect(report.names("charged") == ["\(batch)#1", "\(batch)#2"], comment)
    #expect(report.mistakes == [], comment)
    #expect(try home.sluice(["journal", "verify"]).status == 0, comment)
  }

  /// Says what is kept: nothing without a seed, else what the seed's coins say.
  private func coins(_ seed: UInt64?) -> () -> Bool {
    guard let seed else { return { false } }
    var random = SeededRandom(seed: seed)
    return { Bool.random(using: &random) }
  }
}
