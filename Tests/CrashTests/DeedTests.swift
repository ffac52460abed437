import Support
import Testing

/// Commands that write one transaction: killed or failing anywhere, they are done or they are not.
@Suite struct DeedTests {
  @Test(arguments: Deed.all)
  func `a command killed at any write or sync is done whole or not at all`(_ deed: Deed) throws {
    let prepared = try Prepared()
    let sweep = Sweep(template: prepared.home, words: deed.words(prepared), points: 2)
    let events = try prepared.home.events()

    for injection in Injection.kills(Injection.writes) {
      try sweep.over(injection) { try expectWhole(deed, sweep.words, $0, events) }
    }
  }

  @Test(arguments: Deed.all)
  func `a command on a failing or full disk is done whole or not at all`(_ deed: Deed) throws {
    let prepared = try Prepared()
    let sweep = Sweep(template: prepared.home, words: deed.words(prepared), points: 1)
    let events = try prepared.home.events()

    for injection in Injection.errors(["EIO", "ENOSPC"], Injection.writes) {
      try sweep.over(injection) { trial in
        #expect(trial.outcome.status == 74, trial.comment)
        #expect(trial.outcome.error != "", trial.comment)
        try expectWhole(deed, sweep.words, trial, events)
      }
    }
  }

  /// Expects all of a command's entries or none, in a home that verifies, and that the same words
  /// typed again end as they should.
  private func expectWhole(
    _ deed: Deed, _ words: [String], _ trial: Trial, _ before: [String]
  ) throws {
    let home = trial.home
    let after = before + deed.events
    let between = try home.events()
    #expect(between == before || between == after, trial.comment)

    let again = try home.sluice(words)

    let isDone = between == after
    #expect(again.status == (isDone ? deed.again : 0), "\(trial), then \(again)")
    let end = isDone ? after + deed.repeated : after
    #expect(try home.events() == end, trial.comment)
    #expect(try home.sluice(["journal", "verify"]).status == 0, trial.comment)
  }
}
