import Approval
import Domain
import Foundation
import JSON
import Journal
import Queue
import Sandbox
import Stripe
import Support
import Testing

struct SandboxBehaviorTests {
  @Test(arguments: [
    ("cus_plain", SandboxBehavior.succeed),
    ("cus_decline_lost_card_04", .decline(code: "lost_card")),
    ("cus_decline_lost_card", .decline(code: "lost_card")), ("cus_decline_nonsense_1", .succeed),
    ("cus_processing_fails_1", .processingFails), ("cus_processing_1", .processing),
    ("cus_error_500_1", .serverError), ("cus_error_500_charged_1", .serverErrorCharged),
    ("cus_processingx", .succeed), ("cus_missing_12", .missing), ("cus_", .succeed),
    ("x", .succeed),
  ])
  func `an account's id chooses what happens`(account: String, behavior: SandboxBehavior) {
    #expect(SandboxBehavior(account: account) == behavior)
  }

  @Test func `the README lists every behaviour by its name`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)

    for (name, _) in SandboxBehavior.byName where !name.hasPrefix("decline_") {
      #expect(readme.contains("`cus_\(name)`"))
    }
    for code in SandboxBehavior.declineCodes { #expect(readme.contains("`\(code)`")) }
    for name in invoiceNames { #expect(readme.contains("| `in_sandbox_\(name)` |")) }
  }
}

/// The sandbox is only reached through a permit, so its rules are tried with a worker in front.
struct SandboxStripeTests {
  @Test func `the same key and bytes are answered from the record, and charge once`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_a")])
    var isFirst = true
    stripe.onSend = { _ in
      defer { isFirst = false }
      return isFirst ? .executed(.lost("reset")) : .pass
    }

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 2)
    #expect(try SandboxLedger(path: test.home.sandboxPath).charges == ["\(id)#1": 1])
  }

  @Test func `a key is forgotten after 24 hours, as Stripe may`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_a"), .sample(2, "cus_b")])
    try test.run(id, over: stripe, limit: 1)
    test.clock.advance(.hours(25))
    try test.approver.expireIfDue(id)

    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 100)
  }

  @Test func `a canceled intent stays canceled and cannot be canceled again`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_authentication_required_1")])
    try test.run(id, over: stripe)
    let intent = try #require(try test.queue.job(JobID(batch: id, number: 1)).details.object)

    let again = stripe.ask(.cancel(paymentIntent: intent))

    guard case .answer(let answer) = again else {
      Issue.record("no answer")
      return
    }
    #expect(answer.status == 400)
    let read = try #require(answerBody(stripe.ask(.paymentIntent(intent))))
    #expect(read["status"]?.string == "canceled")
  }

  @Test func `lists are newest first, by customer, and page to the end`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobs = (1...130).map { PlannedJob.sample($0, "cus_one") } + [.sample(131, "cus_two")]
    try test.run(try test.plan(jobs), over: stripe)
    let since = Timestamp(milliseconds: 0)

    let first = try #require(
      answerBody(
        stripe.ask(.list(.paymentIntents(customer: "cus_one"), since: since, after: nil))))
    let last = first["data"]?.array?.last?["id"]?.string
    let second = try #require(
      answerBody(
        stripe.ask(.list(.paymentIntents(customer: "cus_one"), since: since, after: last))))

    #expect(first["data"]?.array?.count == 100)
    #expect(first["has_more"]?.bool == true)
    #expect(second["data"]?.array?.count == 30)
    #expect(second["has_more"]?.bool == false)
  }
}

/// The JSON of an answer.
func answerBody(_ reply: Reply) -> JSONNode? {
  guard case .answer(let answer) = reply else { return nil }
  return try? JSONReader.read(answer.body)
}
