import Domain
import Stripe
import Vault

/// A request that moves money, as it arrives at Stripe.
struct Request {
  let key: String
  let path: String
  let body: [UInt8]
  /// The job that it is sent for.
  let sender: String
  private let form: [String: String]

  init(_ attempt: Attempt) {
    key = attempt.idempotencyKey
    path = StripeRequest.path(of: attempt.movement)
    body = attempt.body
    sender = attempt.job.description
    var form: [String: String] = [:]
    for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      let value = parts.count > 1 ? String(parts[1]) : ""
      form[Self.plain(parts[0])] = Self.plain(value[...])
    }
    self.form = form
  }

  subscript(name: String) -> String? { form[name] }

  var amount: Int64 { form["amount"].flatMap(Int64.init) ?? 0 }
  var job: String? { form["metadata[sluice_job]"] }

  /// The invoice in `/v1/invoices/ID/pay`.
  var invoice: String? {
    let parts = path.split(separator: "/")
    return parts.count == 4 && parts[1] == "invoices" ? String(parts[2]) : nil
  }

  private static func plain(_ text: Substring) -> String {
    guard text.contains("%") else { return String(text) }
    let pieces = text.split(separator: "%", omittingEmptySubsequences: false)
    return pieces.dropFirst().reduce(into: String(pieces[0])) { plain, piece in
      let code = UInt8(piece.prefix(2), radix: 16) ?? UInt8(ascii: "?")
      plain += String(UnicodeScalar(code)) + piece.dropFirst(2)
    }
  }
}

extension SimulatedStripe {
  /// Stripe's rules of idempotency: a saved answer, 500 included, is given again, to the same
  /// question only; a key that is 24 hours old is forgotten.
  func receive(_ request: Request) -> (status: Int, text: String, headers: [String: String]) {
    forgetOldKeys()
    if let known = saved[request.key] {
      guard known.path == request.path, known.body == request.body else {
        return (400, Self.error("idempotency_error"), [:])
      }
      if known.busyUntil != nil {
        return (409, Self.error("idempotency_error", "idempotency_key_in_use"), [:])
      }
      return (known.status, known.text, ["idempotent-replayed": "true"])
    }
    if let invalid = invalid(request) { return (invalid.status, invalid.text, [:]) }
    let answer = execute(request)
    save(request, answer.status, answer.text)
    return (answer.status, answer.text, [:])
  }

  func forgetOldKeys() {
    let now = now
    saved = saved.filter { now.since($0.value.at) < .hours(24) || $0.value.busyUntil != nil }
  }

  func save(_ request: Request, _ status: Int, _ text: String, busyUntil: Timestamp? = nil) {
    saved[request.key] = Saved(
      path: request.path, body: request.body, status: status, text: text, at: now,
      busyUntil: busyUntil)
  }

  /// What Stripe refuses before it begins; such an answer is not saved.
  func invalid(_ request: Request) -> (status: Int, text: String)? {
    if let id = request.invoice {
      guard let place = index(of: id) else {
        return (404, Self.error("invalid_request_error", "resource_missing"))
      }
      return objects[place].status == "open"
        ? nil : (400, Self.error("invalid_request_error", "invoice_not_open"))
    }
    if let target = request["charge"] ?? request["payment_intent"] {
      guard let place = index(of: target) else {
        return (404, Self.error("invalid_request_error", "resource_missing"))
      }
      return objects[place].refunded + request.amount > objects[place].amount
        ? (400, Self.error("invalid_request_error", "charge_already_refunded")) : nil
    }
    return behaviours[request["customer"] ?? ""] == .rejects
      ? (400, Self.error("invalid_request_error", "parameter_invalid")) : nil
  }

  /// Does what is asked and says what came of it.
  func execute(_ request: Request) -> (status: Int, text: String) {
    if let invoice = request.invoice { return pay(invoice, request) }
    if let target = request["charge"] ?? request["payment_intent"] {
      return refund(target, request)
    }
    let customer = request["customer"] ?? ""
    let isIntent = request.path == "/v1/payment_intents"
    let object = SimulatedObject(
      id: "\(isIntent ? "pi" : "ch")_\(objects.count + 1)", kind: isIntent ? .intent : .charge,
      customer: customer, amount: request.amount,
      status: first(behaviours[customer] ?? .pays, isIntent),
      created: now.milliseconds / 1000, job: request.job)
    add(object)
    tell("  at Stripe: \(object.id) of \(object.job ?? "?") is \(object.status)")
    goOn(object, behaviours[customer] ?? .pays)
    switch (behaviours[customer] ?? .pays, isIntent) {
    case (.declines, true):
      return (402, Self.error("card_error", "card_declined", intent: object.id))
    case (.declinesForGood, true):
      return (402, Self.error("card_error", "card_declined"))
    case (.declines, false), (.wantsCustomer, false):
      return (402, Self.error("card_error", "card_declined", charge: object.id))
    case (.pays, _), (.takesTime, _), (.takesTimeAndFails, _), (.wantsCapture, _), (.canceled, _),
      (.rejects, _), (.declinesForGood, false), (.wantsCustomer, true):
      return (200, object.json)
    }
  }

  /// Makes an intent that waits to be confirmed.
  func makeOpenIntent(_ request: Request) -> SimulatedObject {
    let intent = SimulatedObject(
      id: "pi_\(objects.count + 1)", kind: .intent, customer: request["customer"] ?? "",
      amount: request.amount, status: "requires_payment_method",
      created: now.milliseconds / 1000, job: request.job)
    add(intent)
    tell("  at Stripe: \(intent.id) of \(intent.job ?? "?") is \(intent.status)")
    goOn(intent, .declines)
    return intent
  }

  private func first(_ behaviour: Behaviour, _ isIntent: Bool) -> String {
    switch behaviour {
    case .pays, .rejects: "succeeded"
    case .takesTime, .takesTimeAndFails: isIntent ? "processing" : "pending"
    case .declines: isIntent ? "requires_payment_method" : "failed"
    case .declinesForGood, .canceled: isIntent ? "canceled" : "failed"
    case .wantsCustomer: isIntent ? "requires_action" : "failed"
    case .wantsCapture: isIntent ? "requires_capture" : "succeeded"
    }
  }

  /// What becomes of an object without anybody here doing anything.
  private func goOn(_ object: SimulatedObject, _ behaviour: Behaviour) {
    if object.isConfirmable { mayBeConfirmed(object.id) }
    guard object.status == "processing" || object.status == "pending" else { return }
    let isPaid = behaviour != .takesTimeAndFails
    let failed = object.kind == .intent ? "requires_payment_method" : "failed"
    plan("\(object.id) is done", in: anHour(upTo: 30)) { [unowned self] in
      set(object.id, isPaid ? "succeeded" : failed)
      if !isPaid, object.kind == .intent { mayBeConfirmed(object.id) }
    }
  }

  /// Somebody with the intent's secret may confirm it, as long as it is not cancelled.
  private func mayBeConfirmed(_ id: String) {
    guard dice.once(in: 3) else { return }
    plan("somebody confirms \(id)", in: anHour(upTo: 30)) { [unowned self] in
      guard let place = index(of: id), objects[place].isConfirmable else { return }
      set(id, "succeeded")
    }
  }

  /// A while that is more often short than long.
  func anHour(upTo hours: Int) -> Milliseconds {
    dice.once(in: 2)
      ? .seconds(Int64(1 + dice.roll(600))) : .minutes(Int64(1 + dice.roll(hours * 60)))
  }

  private func pay(_ id: String, _ request: Request) -> (status: Int, text: String) {
    guard let place = index(of: id), objects[place].status == "open" else {
      return (400, Self.error("invalid_request_error", "invoice_not_open"))
    }
    tell("  at Stripe: \(id) is to be paid")
    switch behaviours[objects[place].customer] ?? .pays {
    case .pays, .rejects, .canceled, .wantsCapture:
      if dice.once(in: 8) { objects[place].amount -= 7 }
      objects[place].job = request.sender
      set(id, "paid")
      return (200, objects[place].json)
    case .declines, .declinesForGood, .wantsCustomer:
      if dice.once(in: 2) {
        plan("\(id) is collected by Stripe", in: anHour(upTo: 30)) { [unowned self] in
          guard let place = index(of: id), objects[place].status == "open" else { return }
          set(id, "paid")
        }
      }
      return (402, Self.error("card_error", "card_declined", intent: "pi_of_\(id)"))
    case .takesTime, .takesTimeAndFails:
      let isPaid = behaviours[objects[place].customer] == .takesTime
      set(id, "processing")
      plan("\(id) is done", in: anHour(upTo: 30)) { [unowned self] in
        guard let place = index(of: id) else { return }
        if isPaid { objects[place].job = request.sender }
        set(id, isPaid ? "paid" : "open")
      }
      return (200, objects[place].json)
    }
  }

  private func refund(_ target: String, _ request: Request) -> (status: Int, text: String) {
    guard let place = index(of: target),
      objects[place].refunded + request.amount <= objects[place].amount
    else { return (400, Self.error("invalid_request_error", "charge_already_refunded")) }
    let behaviour = behaviours[objects[place].customer] ?? .pays
    let status =
      switch behaviour {
      case .pays, .rejects, .wantsCapture: "succeeded"
      case .takesTime, .takesTimeAndFails, .wantsCustomer: "pending"
      case .declines, .declinesForGood, .canceled: "failed"
      }
    if status != "failed" { objects[place].refunded += request.amount }
    let object = SimulatedObject(
      id: "re_\(objects.count + 1)", kind: .refund, customer: objects[place].customer,
      amount: request.amount, status: status, created: now.milliseconds / 1000,
      job: request.job, target: target)
    add(object)
    tell("  at Stripe: \(object.id) of \(object.job ?? "?") is \(object.status)")
    goOn(object, behaviour)
    return (200, object.json)
  }
}
