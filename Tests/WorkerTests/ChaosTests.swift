import Domain
import Foundation
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault

/// A seed drives accounts, faults, deaths and the cap; whatever happens, the promises hold.
struct ChaosTests {
  /// How many seeds are tried; `SLUICE_SEEDS` asks for more.
  static let seeds = UInt64(ProcessInfo.processInfo.environment["SLUICE_SEEDS"] ?? "") ?? 150

  @Test(arguments: 1...seeds)
  func `no account is charged twice, nothing passes the cap, and nothing is lost`(
    seed: UInt64
  ) throws {
    var random = SeededRandom(seed: seed)
    let test = try TestHome(seed: seed)
    let stripe = try TestStripe(test)
    let jobs = Self.jobs(using: &random)
    let cap = Int64.random(in: 100...1500, using: &random)
    let id = try test.plan(jobs, under: .sample(cap: cap))

    for _ in 1...40 where try !isOver(test, id) {
      misbehave(test, stripe, &random)
      _ = try? test.run(id, over: stripe)
      _ = try? test.unblock()
      try test.reopen()
      try check(test, id, cap, seed)
      if Int.random(in: 0..<6, using: &random) == 0 { test.clock.advance(.minutes(40)) }
    }
    stripe.onSend = { _ in .pass }
    stripe.onQuestion = { _ in nil }
    _ = try? test.run(id, over: stripe)
    _ = try? test.settle(id, over: stripe)

    try check(test, id, cap, seed)
    let open = try test.states(id).filter { $0 == .sending || $0 == .inDoubt }
    #expect(open.isEmpty, "seed \(seed)")
  }

  private static func jobs(using random: inout SeededRandom) -> [PlannedJob] {
    let accounts = [
      "cus_plain", "cus_lost_answer", "cus_error_500_charged", "cus_decline_lost_card",
      "cus_authentication_required", "cus_processing", "cus_rate_limit", "cus_unavailable",
      "cus_unreachable", "cus_missing", "cus_error_500",
    ]
    return (1...Int.random(in: 2...10, using: &random)).map { number in
      // Most accounts pay, so that most seeds get far.
      let place = Bool.random(using: &random) ? 0 : Int.random(in: accounts.indices, using: &random)
      return .sample(
        number, "\(accounts[place])_\(number)", Int64.random(in: 50...300, using: &random),
        paymentMethod: Bool.random(using: &random) ? "pm_card" : nil)
    }
  }

  private func isOver(_ test: TestHome, _ id: BatchID) throws -> Bool {
    let batch = try test.queue.batch(id)
    return batch.state == .finished || batch.halt?.reason == .capExhausted
  }

  /// Chooses what goes wrong during the next run: answers that are lost or odd, and deaths.
  private func misbehave(_ test: TestHome, _ stripe: TestStripe, _ random: inout SeededRandom) {
    var dice = random
    _ = random.next()
    stripe.onSend = { _ in
      switch Int.random(in: 0..<16, using: &dice) {
      case 0: return .executed(.lost("reset"))
      case 1: return .instead(.lost("reset"))
      case 2: return .instead(.neverSent("refused"))
      case 3: return .instead(TestStripe.answer(503, type: "api_error", at: test.clock))
      case 4: return .executed(TestStripe.answer(500, type: "api_error", at: test.clock))
      case 5:
        return .instead(
          TestStripe.answer(429, type: "invalid_request_error", code: "rate_limit", at: test.clock))
      case 6: return .executed(TestStripe.answer(409, type: "idempotency_error", at: test.clock))
      case 7:
        try? test.block()
        return .pass
      case 8:
        try? test.block()
        return .instead(.lost("died"))
      default: return .pass
      }
    }
    stripe.onQuestion = { question in
      question != .time && Int.random(in: 0..<12, using: &dice) == 0 ? .lost("reset") : nil
    }
  }

  private func check(_ test: TestHome, _ id: BatchID, _ cap: Int64, _ seed: UInt64) throws {
    let ledger = try SandboxLedger(path: test.home.sandboxPath)
    let budget = try test.budget(of: id)
    #expect(ledger.charges.values.allSatisfy { $0 == 1 }, "charged twice, seed \(seed)")
    #expect(ledger.total <= cap, "above the cap, seed \(seed)")
    #expect(budget.spent + budget.held <= cap, "reserved above the cap, seed \(seed)")
    try test.store.verifyChain()
    try test.queue.forEachJob(of: id) { job throws(Fault) in
      let isCharged = ledger.charges[job.id.description] != nil
      if isCharged { #expect(job.state == .charged || job.state.isHeld, "lost, seed \(seed)") }
      if job.state == .charged { #expect(isCharged, "phantom, seed \(seed)") }
    }
    _ = try test.queue.summary(of: id)
  }
}
