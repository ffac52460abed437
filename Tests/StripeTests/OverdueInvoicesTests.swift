import Domain
import Stripe
import Support
import Testing
import Vault

struct OverdueInvoicesTests {
  private let clock = TestClock()
  /// 2026-11-01T00:00:00Z, some 21 days before the clock's time.
  private let due = "1793491200"
  private let time = answer(200, "{}")

  private func invoices(
    _ connection: any StripeConnection, days: Int = 15
  ) -> OverdueInvoices {
    OverdueInvoices(overdueDays: days, now: clock.now(), over: connection, clock: clock)
  }

  private func open(_ id: String, _ changes: [String: String] = [:]) -> String {
    let base = ["id": "\"\(id)\"", "due_date": due, "number": #""A-1""#]
    return invoice("open", base.merging(changes) { $1 })
  }

  private func text(_ invoices: inout OverdueInvoices) throws(Fault) -> String {
    String(decoding: try invoices.next(), as: UTF8.self)
  }

  private func fault(_ replies: Reply...) -> Fault? {
    var invoices = invoices(ScriptedConnection([time] + replies))
    do throws(Fault) {
      while !(try invoices.next().isEmpty) {}
      return nil
    } catch {
      return error
    }
  }

  @Test func `an overdue invoice becomes a line of a plan`() throws {
    let connection = ScriptedConnection(time, answer(200, list([open("in_1")])))
    var invoices = invoices(connection)

    #expect(
      try text(&invoices)
        == #"{"account":"cus_1","amount_minor":300,"currency":"usd","invoice":"in_1","#
        + #""reference":"in_1","description":"Invoice A-1, due 2026-11-01"}"# + "\n")
    #expect(try text(&invoices) == "")
  }

  @Test func `what is left to pay is asked for, and an invoice without a number goes by its id`()
    throws
  {
    let partly = open("in_1", ["amount_remaining": "120", "amount_paid": "180", "number": "null"])
    var invoices = invoices(ScriptedConnection(time, answer(200, list([partly]))))

    let line = try text(&invoices)

    #expect(line.contains(#""amount_minor":120,"#))
    #expect(line.contains(#""description":"Invoice in_1, due 2026-11-01""#))
  }

  @Test func `every page is read, one at a time`() throws {
    let connection = ScriptedConnection(
      time, answer(200, list([open("in_1"), open("in_2")], more: true)),
      answer(200, list([open("in_3")])))
    var invoices = invoices(connection)

    #expect(try text(&invoices).split(separator: "\n").count == 2)
    #expect(connection.asked.count == 2)
    #expect(try text(&invoices).contains("in_3"))
    #expect(try text(&invoices) == "")
    let dueBefore = clock.now() + .days(-15)
    #expect(
      connection.asked == [
        .time, .overdueInvoices(dueBefore: dueBefore, after: nil),
        .overdueInvoices(dueBefore: dueBefore, after: "in_2"),
      ])
  }

  @Test func `Stripe's clock decides what is overdue, and ours where it does not tell`() throws {
    let hourAhead = answer(200, "{}", ["date": (clock.now() + .hours(1)).httpDate])
    let told = ScriptedConnection(hourAhead, answer(200, list([])))
    let silent = ScriptedConnection(.lost("reset"), answer(200, list([])))
    var byStripe = invoices(told, days: 1)
    var byUs = invoices(silent, days: 1)

    _ = try byStripe.next()
    _ = try byUs.next()

    #expect(
      told.asked.last == .overdueInvoices(dueBefore: clock.now() + .hours(-23), after: nil))
    #expect(
      silent.asked.last == .overdueInvoices(dueBefore: clock.now() + .hours(-24), after: nil))
  }

  @Test(arguments: [
    ["customer": "null"], ["amount_remaining": "0"], ["amount_remaining": "null"],
    ["status": #""paid""#], ["due_date": "null"], ["due_date": "1795341600"],
    ["object": #""charge""#],
  ])
  func `what nobody can be asked for, or is not overdue, is left out`(
    change: [String: String]
  ) throws {
    let first = answer(200, list([open("in_1", change)], more: true))
    var invoices = invoices(ScriptedConnection(time, first, answer(200, list([open("in_2")]))))

    let line = try text(&invoices)

    #expect(line.contains("in_2") && !line.contains("in_1"))
    #expect(try text(&invoices) == "")
  }

  @Test func `a rate limit is waited out, as long as Stripe asks`() throws {
    let limited = answer(429, error("x"), ["retry-after": "7"])
    var invoices = invoices(
      ScriptedConnection(time, limited, answer(429, ""), answer(200, list([open("in_1")]))))

    #expect(try text(&invoices).contains("in_1"))
    #expect(clock.slept == .seconds(7 + 4))
  }

  @Test func `a rate limit without an end is given up`() {
    let limited = answer(429, error("x"), ["retry-after": "1"])

    let fault = fault(limited, limited, limited, limited, limited, answer(200, list([])))

    #expect(fault?.exit == .unreachable)
    #expect(clock.slept == .seconds(4))
  }

  @Test(arguments: [401, 403])
  func `a key that may not read invoices is told which permission it lacks`(status: Int) {
    let fault = fault(answer(status, error("x")))

    #expect(fault?.exit == .configuration)
    #expect(fault?.hint?.contains("Invoices: read") == true)
  }

  @Test(arguments: [
    Reply.lost("reset"), .neverSent("refused"), answer(500, ""), answer(200, "{"),
    answer(200, "{}"), answer(200, list([], more: true)), answer(302, ""),
  ])
  func `a page that cannot be read fails the whole, however late`(reply: Reply) {
    #expect(fault(reply)?.exit == .unreachable)
    #expect(fault(answer(200, list([open("in_1")], more: true)), reply)?.exit == .unreachable)
  }

  @Test func `a list that goes in circles is refused`() {
    let first = answer(200, list([open("in_1")], more: true))
    let second = answer(200, list([open("in_2")], more: true))

    #expect(
      fault(first, second, first)?.message
        == "the overdue invoices cannot be read: Stripe's list of invoices goes in circles")
  }

  @Test func `a list of more than a million is refused`() {
    let connection = CountingConnection()
    var invoices = invoices(connection)

    #expect(throws: Fault.self) { while !(try invoices.next().isEmpty) {} }
    // The time, twenty pages of 50,000, and the one that is too many.
    #expect(connection.count == 22)
  }
}

/// A connection whose list of invoices has no end: none can be charged, and every id is new.
private final class CountingConnection: StripeConnection {
  private(set) var count = 0

  func send(_ permit: consuming Permit) -> Reply { .neverSent("a test sends nothing") }

  func ask(_ question: Question) -> Reply {
    count += 1
    let fillers = [String](repeating: "1", count: 49_999) + [#"{"id": "in_\#(count)"}"#]
    return answer(200, list(fillers, more: true))
  }
}
