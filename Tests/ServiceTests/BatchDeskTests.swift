import Approval
import Domain
import Journal
import Queue
import Service
import Support
import Testing

@Suite struct BatchDeskTests {
  private let home: TestHome
  private let desk: BatchDesk

  init() throws {
    home = try TestHome()
    desk = BatchDesk(home.store)
  }

  @Test func `batches are listed newest first, all of them or those in some states`() throws {
    let first = try home.submit([.sample(1)])
    home.clock.advance(.minutes(1))
    let second = try home.plan([.sample(2)])

    #expect(try desk.list().map(\.id) == [second, first])
    #expect(try desk.list(in: [.submitted, .halted]).map(\.id) == [first])
    #expect(try desk.list(in: [.finished]).isEmpty)
  }

  @Test func `a batch stands with its sums, approvals, budgets and the stop in force`() throws {
    let taken = try home.submit([.sample(1)])
    let batch = try home.plan([.sample(1), .sample(2, "cus_2"), .sample(3, "cus_3")])
    _ = try StopSwitch(home.store, of: batch).stop(reason: "look")

    let standing = try desk.standing(of: batch)

    #expect(standing.batch.state == .approved)
    #expect(standing.summary.duplicates == 1)
    #expect(standing.summary.totals == [Money(minorUnits: 300, currency: .usd)])
    #expect(standing.approvals.map(\.jobs) == [2])
    #expect(standing.budgets.map(\.scope) == [.batch(batch)])
    #expect(standing.stop?.batch == batch)
    #expect(standing.now == home.clock.now())
    #expect(try desk.standing(of: taken).stop == nil)
  }

  @Test func `a preview leaves out what is to be left out`() throws {
    let batch = try home.submit(PlannedJob.samples(3))

    let preview = try desk.preview(batch, except: JobNumbers("2"))

    #expect(preview.forecast.charged == 2)
    #expect(preview.excludedCount == 1)
    #expect(try desk.preview(batch).forecast.charged == 3)
  }

  @Test func `a preview for a planner tells nothing of what the home did before`() throws {
    let taken = try home.submit([.sample(1)])
    let batch = try home.submit([.sample(1), .sample(2)])

    let preview = try desk.preview(batch, withHistory: false)

    #expect(preview.flags.map(\.kind) == [.duplicate])
    #expect(preview.flags.first?.examples.map(\.fact) == [.takenBy("\(taken)#1")])
    #expect(try desk.preview(batch).flags.map(\.kind) == [.duplicate, .neverCharged])
  }
}
