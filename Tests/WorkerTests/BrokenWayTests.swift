import Domain
import Foundation
import Queue
import Stripe
import Support
import Testing
import Vault

/// Jobs whose requests go a way that is broken, over the connection that the program has.
///
/// Questions go a whole one, so that the time is told and a run begins.
struct BrokenWayTests {
  let server: StripeServer
  let test: TestHome
  let id: BatchID

  init() throws {
    server = try StripeServer()
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    test = try TestHome(mode: .test, clock: TestClock(Timestamp(milliseconds: now)))
    let twice = HaltRule(declinedInARow: 10, rejectedInARow: 3, unreachableInARow: 2)
    id = try test.plan(PlannedJob.samples(2), under: .sample(halt: twice))
  }

  @Test(arguments: BrokenWay.allCases)
  func `what was never sent leaves its job queued and nothing held`(_ way: BrokenWay) throws {
    let (connection, end) = try way.connection()
    defer { end?.stop() }
    let ways = Ways(asking: try connect(to: server.url), sending: connection)
    var held: [Int64?] = []
    ways.onSend = { [test, id] in held.append(try? test.budget(of: id).held) }

    try test.run(id, over: ways)

    #expect(held == [100, 100])
    #expect(try test.states(id) == [.queued, .queued])
    #expect(try test.budget(of: id).held == 0)
    #expect(try test.queue.batch(id).halt?.reason == .unreachable)
    try test.run(id, over: try connect(to: server.url))
    try expectEachChargedOnce()
  }

  @Test func `an answer that drips too slowly leaves its job in doubt and its money held`() throws {
    try server.script(#"[{"fault": "drip", "match": "POST"}]"#)
    let connection = try connect(to: server.url)
    let ways = Ways(asking: connection, sending: connection)
    let signals = TestSignals()
    ways.onSend = { signals.isInterrupted = true }

    try test.run(id, over: ways, signals: signals)

    #expect(try test.states(id) == [.inDoubt, .queued])
    #expect(try test.budget(of: id).held == 100)
    try test.run(id, over: connection)
    try expectEachChargedOnce()
    #expect(try charges().count == 3)
  }

  /// Expects both jobs to be charged, each under one idempotency key.
  private func expectEachChargedOnce() throws {
    #expect(try test.states(id) == [.charged, .charged])
    #expect(try test.budget(of: id).held == 0)
    #expect(try test.budget(of: id).spent == 200)
    #expect(Set(try charges().map { $0.headers["idempotency-key"] }).count == 2)
    #expect(try server.ask("/_objects").split(separator: 0x0A).count == 2)
  }

  private func charges() throws -> [StripeServer.Request] {
    try server.requests().filter { $0.method == "POST" }
  }
}

/// A way on which nothing can be sent.
enum BrokenWay: CaseIterable {
  case refused, unresolved, unanswered, untrusted, otherHost

  /// A connection that leads there, and what has to stay alive for it.
  func connection() throws -> (CurlConnection, end: StripeServer?) {
    switch self {
    case .refused:
      let server = try StripeServer()
      server.stop()
      return (try connect(to: server.url), nil)
    case .unresolved: return (try connect(to: "https://nowhere.invalid"), nil)
    case .unanswered:
      let server = try StripeServer(deaf: true)
      return (try connect(to: server.url), server)
    case .untrusted:
      let server = try StripeServer(certificate: try TestCertificate(for: "IP:127.0.0.1"))
      return (try connect(to: server.url), server)
    case .otherHost:
      let certificate = try TestCertificate(for: "DNS:other.example")
      let server = try StripeServer(certificate: certificate)
      return (try connect(to: server.url, trusting: certificate.certificateFile), server)
    }
  }
}

/// A connection that does not wait long.
private func connect(
  to url: String, trusting authorityFile: String? = nil
) throws -> CurlConnection {
  CurlConnection(
    url: try StripeURL(url, mode: .test),
    key: try StripeKey("rk_test_1aB", mode: .test, source: "the test"), stripeAccount: nil,
    programVersion: "1.2.3", timeouts: .init(connect: Milliseconds(500), total: .seconds(1)),
    authorityFile: authorityFile)
}

/// Stripe at the end of two ways: one for questions, and one for what moves money.
private final class Ways: StripeConnection {
  var onSend: () -> Void = {}
  private let asking: CurlConnection
  private let sending: CurlConnection

  init(asking: CurlConnection, sending: CurlConnection) {
    self.asking = asking
    self.sending = sending
  }

  func send(_ permit: consuming Permit) -> Reply {
    onSend()
    return sending.send(permit)
  }

  func ask(_ question: Question) -> Reply { asking.ask(question) }
}
