import Domain
import Stripe
import Vault

/// Three dollars of job 12.
let threeDollars = Money(minorUnits: 300, currency: usd)
let usd = currency("usd")

func currency(_ code: String) -> Currency {
  guard let currency = Currency(code) else { preconditionFailure("no currency \(code)") }
  return currency
}

let job = JobID(batch: BatchID("overdue-20261122-7k2m"), number: 12)

/// An attempt for three dollars of cus_1: its first send, or a later one.
func attempt(
  _ operation: Operation = .paymentIntentsCreate, send number: Int = 1
) -> Attempt {
  Attempt(
    job: job, operation: operation, account: "cus_1", amount: threeDollars,
    idempotencyKey: "key-12", body: Array("amount=300".utf8), apiVersion: StripeAPI.version,
    stripeAccount: nil, sendNumber: number,
    firstSentAt: Timestamp(milliseconds: 1_795_341_600_000))
}

/// A payment intent as Stripe writes it; `changes` are whole members that replace or add.
func intent(_ status: String, _ changes: [String: String] = [:]) -> String {
  object(
    [
      "id": #""pi_1""#, "object": #""payment_intent""#, "status": "\"\(status)\"",
      "amount_received": status == "succeeded" ? "300" : "0",
    ], changes)
}

/// A charge as Stripe writes it.
func charge(_ status: String, _ changes: [String: String] = [:]) -> String {
  object(
    [
      "id": #""ch_1""#, "object": #""charge""#, "status": "\"\(status)\"",
      "paid": status == "succeeded" ? "true" : "false", "captured": "true",
    ], changes)
}

private func object(_ members: [String: String], _ changes: [String: String]) -> String {
  let common = [
    "amount": "300", "currency": #""usd""#, "customer": #""cus_1""#, "livemode": "false",
    "metadata": #"{"sluice_batch": "overdue-20261122-7k2m", "sluice_job": "\#(job)"}"#,
  ]
  let all = common.merging(members) { $1 }.merging(changes) { $1 }
  return "{" + all.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
    + "}"
}

/// A list of Stripe's.
func list(_ objects: [String], more: Bool = false) -> String {
  #"{"object": "list", "has_more": \#(more), "data": [\#(objects.joined(separator: ", "))]}"#
}

/// The members of an error, as Stripe writes it.
func error(_ type: String, code: String? = nil, _ members: String = "") -> String {
  let code = code.map { #", "code": "\#($0)""# } ?? ""
  return #"{"error": {"type": "\#(type)", "message": "no"\#(code)\#(members)}}"#
}

func answer(_ status: Int, _ body: String, _ headers: [String: String] = [:]) -> Reply {
  .answer(Answer(status: status, headers: headers, body: Array(body.utf8)))
}

/// A connection that answers from a script and keeps what it was asked.
final class ScriptedConnection: StripeConnection {
  private(set) var asked: [Question] = []
  private var replies: [Reply]

  init(_ replies: Reply...) { self.replies = replies }

  func send(_ permit: consuming Permit) -> Reply { .neverSent("a test sends nothing") }

  func ask(_ question: Question) -> Reply {
    asked.append(question)
    return replies.isEmpty ? .lost("the script is over") : replies.removeFirst()
  }
}

/// A connection that gives the same answer for ever.
final class EndlessConnection: StripeConnection {
  private let reply: Reply
  private(set) var count = 0

  init(_ reply: Reply) { self.reply = reply }

  func send(_ permit: consuming Permit) -> Reply { .neverSent("a test sends nothing") }

  func ask(_ question: Question) -> Reply {
    count += 1
    return reply
  }
}
