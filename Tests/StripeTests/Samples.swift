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

/// A movement of three dollars of cus_1: of invoice in_1, of what `charge` names.
func movement(
  _ operation: Operation, of money: Money = threeDollars, charge: String = "ch_9"
) -> Movement {
  Movement(
    operation: operation, account: "cus_1", amount: money,
    invoice: operation == .invoicesPay ? "in_1" : nil,
    charge: operation == .refundsCreate ? charge : nil)
}

/// Job 12, as it was planned.
func planned(
  _ movement: Movement, method: String? = nil, description: String? = nil,
  metadata: [MetadataEntry] = []
) -> PlannedJob {
  PlannedJob(
    number: job.number, line: 13, movement: movement, reference: "ref", description: description,
    paymentMethod: method, reason: "never sent", metadata: metadata)
}

/// An attempt for three dollars of cus_1: its first send, or a later one.
func attempt(
  _ operation: Operation = .paymentIntentsCreate, send number: Int = 1, charge: String = "ch_9"
) -> Attempt {
  Attempt(
    job: job, movement: movement(operation, charge: charge), idempotencyKey: "key-12",
    body: Array("amount=300".utf8), apiVersion: StripeAPI.version, stripeAccount: nil,
    sendNumber: number, firstSentAt: Timestamp(milliseconds: 1_795_341_600_000),
    lastSentAt: Timestamp(milliseconds: 1_795_341_600_000))
}

/// What a reply means to a first send, and to a re-send.
func verdicts(
  _ reply: Reply, _ operation: Operation = .paymentIntentsCreate, mode: Mode = .test
) -> [Verdict] {
  [1, 2].map { Verdict.of(reply, to: attempt(operation, send: $0), mode: mode) }
}

/// The same, without reasons.
func names(
  _ reply: Reply, _ operation: Operation = .paymentIntentsCreate, mode: Mode = .test
) -> [String] {
  verdicts(reply, operation, mode: mode).map(\.name)
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

/// An invoice as Stripe writes it: in_1, due and not paid, or paid.
func invoice(_ status: String, _ changes: [String: String] = [:]) -> String {
  let isPaid = status == "paid"
  return object(
    [
      "id": #""in_1""#, "object": #""invoice""#, "status": "\"\(status)\"", "amount_due": "300",
      "amount_paid": isPaid ? "300" : "0", "amount_remaining": isPaid ? "0" : "300",
      "metadata": "{}",
    ], changes)
}

/// A refund of charge ch_9 as Stripe writes it, which names neither customer nor mode.
func refund(_ status: String, _ changes: [String: String] = [:]) -> String {
  object(
    [
      "id": #""re_1""#, "object": #""refund""#, "status": "\"\(status)\"",
      "charge": #""ch_9""#, "payment_intent": #""pi_9""#,
    ], changes, without: ["customer", "livemode"])
}

private func object(
  _ members: [String: String], _ changes: [String: String], without absent: Set<String> = []
) -> String {
  let common = [
    "amount": "300", "currency": #""usd""#, "customer": #""cus_1""#, "livemode": "false",
    "metadata": #"{"sluice_batch": "overdue-20261122-7k2m", "sluice_job": "\#(job)"}"#,
  ]
  let all = common.filter { !absent.contains($0.key) }.merging(members) { $1 }
    .merging(changes) { $1 }
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

  init(_ replies: [Reply]) { self.replies = replies }

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

extension Verdict {
  /// The verdict without its reasons.
  var name: String {
    switch self {
    case .charged: "charged"
    case .processing: "processing"
    case .declined: "declined"
    case .rejected: "rejected"
    case .notExecuted(.rateLimited(let wait), _): "notExecuted rate" + (wait.map { " \($0)" } ?? "")
    case .notExecuted(.unreachable, _): "notExecuted unreachable"
    case .notExecuted(.credentials, _): "notExecuted credentials"
    case .inDoubt(.sendAgain, _): "sendAgain"
    case .inDoubt(.serverError, _): "serverError"
    case .inDoubt(.cancel(let intent), _): "cancel \(intent)"
    case .inDoubt(.lookUp, _): "lookUp"
    case .inDoubt(.lookUpAndHalt(let reason), _): "lookUp, halt \(reason.rawValue)"
    case .inDoubt(.halt(let reason), _): "halt \(reason.rawValue)"
    }
  }
}

extension Finding {
  var isFailed: Bool {
    if case .failed = self { true } else { false }
  }

  var isOdd: Bool {
    if case .odd = self { true } else { false }
  }

  /// What is odd about it, in a sentence.
  var oddity: String? {
    if case .odd(let reason) = self { reason.message } else { nil }
  }
}
