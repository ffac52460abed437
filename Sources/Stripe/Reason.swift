internal import Domain
internal import JSON

/// Why a request ended as it did, in Stripe's words or ours.
///
/// Stripe's words are cleaned where they come in: nothing unprintable, nothing long, and nothing
/// that looks like a key, even if a server repeats what it was sent.
package struct Reason: Equatable, Sendable {
  /// Stripe's `code`: "card_declined", "amount_too_small".
  package let code: String?
  /// The bank's reason: "insufficient_funds".
  package let declineCode: String?
  package let message: String
  /// The charge or the payment intent that it is about.
  package let object: String?
  /// Stripe's `Request-Id`.
  package let requestID: String?

  /// A reason of these parts, cleaned.
  package init(
    _ message: String, code: String? = nil, declineCode: String? = nil, object: String? = nil,
    requestID: String? = nil
  ) {
    self.code = code.map { cleaned($0, limit: 100) }
    self.declineCode = declineCode.map { cleaned($0, limit: 100) }
    self.message = cleaned(message, limit: 500)
    self.object = object.map { cleaned($0, limit: 100) }
    self.requestID = requestID.map { cleaned($0, limit: 100) }
  }
}

/// Printable text of at most so many characters, in which keys are cut to their prefix.
private func cleaned(_ text: String, limit: Int) -> String {
  let shown = printable(withoutKeys(text))
  return shown.count > limit ? shown.prefix(limit - 3) + "..." : shown
}

/// Keys are looked for inside of words as well: a server may repeat one right behind its own text.
private func withoutKeys(_ text: String) -> String {
  var rest = text.utf8[...]
  var kept: [UInt8] = []
  while let first = rest.first {
    guard let prefix = StripeKey.prefix(beginning: rest) else {
      kept.append(first)
      rest.removeFirst()
      continue
    }
    kept += "\(prefix)...".utf8
    rest = rest.drop(while: isNameByte)
  }
  return String(decoding: kept, as: UTF8.self)
}

/// The `error` member of an answer that is Stripe's own.
struct StripeError: Equatable {
  let type: String
  let code: String?
  /// The intent that stays confirmable until it is cancelled.
  let paymentIntent: String?
  let reason: Reason

  /// The error in an answer; nil when the body is not one that Stripe writes.
  init?(_ answer: Answer) {
    guard let error = answer.json?["error"], let type = error["type"]?.string else { return nil }
    self.type = type
    code = error["code"]?.string
    paymentIntent = error["payment_intent"].flatMap(identifier)
    reason = Reason(
      error["message"]?.string ?? "Stripe answered \(answer.status) without a message",
      code: code, declineCode: error["decline_code"]?.string,
      object: paymentIntent ?? error["charge"].flatMap(identifier), requestID: answer.requestID)
  }
}

extension Reason {
  /// What an answer says of itself: Stripe's error, or only its status.
  init(of answer: Answer, otherwise message: String? = nil) {
    let plain = Reason(
      message ?? "Stripe answered \(answer.status)", requestID: answer.requestID)
    self = StripeError(answer)?.reason ?? plain
  }
}

/// The id of something that is given by its id or whole; nil when that is no id of Stripe's.
func identifier(_ node: JSONNode) -> String? {
  guard let text = node.string ?? node["id"]?.string, (1...255).contains(text.utf8.count),
    text.utf8.allSatisfy(isNameByte)
  else { return nil }
  return text
}

/// Whether a byte can stand in an id or a key: an ASCII letter, a digit or `_`.
func isNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
    true
  default: false
  }
}
