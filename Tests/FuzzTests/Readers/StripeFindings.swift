import Domain
import Planner
import Stripe
import System
import Vault

/// What must hold of whatever Stripe, or something in front of it, answers.
///
/// An input is a line of a status, an operation, a send number and a mode, then headers, a line
/// each, a blank line and a body.
struct StripeFindings {
  private let answer: Answer
  private let job: PlannedJob
  private let attempt: Attempt
  private let mode: Mode

  init(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 0x0A, maxSplits: 40, omittingEmptySubsequences: false)
    let words = String(decoding: lines.first ?? [], as: UTF8.self).split(separator: " ")
      .map(String.init)
    let status = words.lazy.compactMap(Int.init).first { $0 > 2 }
    let operation = words.lazy.compactMap(Operation.init).first ?? .paymentIntentsCreate
    mode = words.contains("live") ? .live : .test
    job = Self.job(operation)
    attempt = Self.attempt(job, words.contains("2") ? 2 : 1)
    var headers: [String: String] = [:]
    let head = lines.dropFirst().prefix { !$0.isEmpty }
    for line in head {
      let parts = String(decoding: line, as: UTF8.self).split(separator: ":", maxSplits: 1)
      if parts.count == 2 {
        headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
      }
    }
    let body = lines.dropFirst(head.count + 2).joined(separator: [0x0A])
    answer = Answer(status: status ?? 200, headers: headers, body: Array(body))
  }

  func add(to findings: inout Findings) {
    findings.expect((answer.retryAfterSeconds ?? 0) <= 3600, "waits \(answer.headers)")
    let stripe = SameAnswer(answer)
    check(Verdict.of(.answer(answer), to: attempt, mode: mode), &findings)
    let settler = Settler(attempt, mode: mode, over: stripe)
    check(settler.lookUp(), &findings)
    for id in ["pi_1", "ch_1", "in_1", "re_1"] {
      check(settler.cancel(paymentIntent: id), &findings)
      check(settler.fetch(id), &findings)
    }
    checkReadiness(Readiness.read(job, over: stripe), &findings)
    checkOverdue(&findings)
  }

  private func check(_ verdict: Verdict, _ findings: inout Findings) {
    switch verdict {
    case .charged(let object, let amount, let caveat):
      findings.expect(Self.isName(object), "the object \(object)")
      findings.expect(
        (1...Money.maximumLimitMinorUnits).contains(amount), "\(attempt.operation): \(amount)")
      findings.expect(answer.status == 200, "charged by a \(answer.status)")
      check(caveat, &findings)
    case .processing(let object): findings.expect(Self.isName(object), "the object \(object)")
    case .declined(let reason), .rejected(let reason): check(reason, &findings)
    case .notExecuted(_, let reason):
      findings.expect(attempt.sendNumber == 1, "a re-send is believed: \(reason)")
      check(reason, &findings)
    case .inDoubt(let doubt, let reason):
      if case .cancel(let intent) = doubt { findings.expect(Self.isName(intent), intent) }
      check(reason, &findings)
    }
  }

  private func check(_ finding: Finding, _ findings: inout Findings) {
    switch finding {
    case .settled(let verdict): check(verdict, &findings)
    case .absent, .several: break
    case .odd(let reason), .failed(let reason): check(reason, &findings)
    }
  }

  private func checkReadiness(_ readiness: Readiness, _ findings: inout Findings) {
    switch readiness {
    case .ready(let method):
      findings.expect(method.map(Self.isName) ?? true, "pays by \(method ?? "")")
    case .skip(_, let message): check(message, &findings)
    case .rateLimited(let seconds): findings.expect((seconds ?? 0) <= 3600, "waits too long")
    case .credentials(let reason), .unreachable(let reason): check(reason, &findings)
    }
  }

  private func check(_ reason: Reason?, _ findings: inout Findings) {
    guard let reason else { return }
    let parts = [reason.code, reason.declineCode, reason.object, reason.requestID, reason.message]
    for text in parts { check(text ?? "", &findings) }
  }

  private func check(_ text: String, _ findings: inout Findings) {
    findings.expect(text.count <= 500, "a text of \(text.count) characters")
    findings.expect(!text.unicodeScalars.contains(where: isUnprintable), printable(text))
    findings.expect(!Findings.holdKey(text), "a key is shown: \(text)")
  }

  /// What Stripe lists is read as a plan, and what comes of it is a plan or a sentence.
  private func checkOverdue(_ findings: inout Findings) {
    var invoices = OverdueInvoices(
      overdueDays: 15, now: FrozenClock().now(), over: SameAnswer(answer), clock: FrozenClock())
    do throws(Fault) {
      var lines: [UInt8] = []
      while case let more = try invoices.next(), !more.isEmpty { lines += more }
      if !lines.isEmpty { PlanFindings(.jsonLines, lines).add(to: &findings) }
    } catch {
      findings.expect([.unreachable, .configuration].contains(error.exit), "\(error)")
      check(error.message, &findings)
    }
  }

  private static func isName(_ text: String) -> Bool {
    (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}

// What is asked.
extension StripeFindings {
  private static func job(_ operation: Operation) -> PlannedJob {
    let usd = SampleJobFile.all[0].policy.caps[0].limit.currency
    return PlannedJob(
      number: 1, line: 2,
      movement: Movement(
        operation: operation, account: "cus_1", amount: Money(minorUnits: 1999, currency: usd),
        invoice: operation == .invoicesPay ? "in_1" : nil,
        charge: operation == .refundsCreate ? "pi_1" : nil),
      reference: "r", description: nil, paymentMethod: nil, reason: nil, metadata: [])
  }

  private static func attempt(_ job: PlannedJob, _ number: Int) -> Attempt {
    let now = FrozenClock().now()
    return Attempt(
      job: JobID(batch: BatchID("fuzz-1"), number: 1), movement: job.movement,
      idempotencyKey: "key", body: [0x61], apiVersion: StripeAPI.version, stripeAccount: nil,
      sendNumber: number, firstSentAt: now, lastSentAt: now)
  }
}

/// A Stripe that says the same to everything.
private struct SameAnswer: StripeConnection {
  private let answer: Answer

  init(_ answer: Answer) { self.answer = answer }

  func send(_ permit: consuming Permit) -> Reply { .answer(answer) }

  func ask(_ question: Question) -> Reply { .answer(answer) }
}
