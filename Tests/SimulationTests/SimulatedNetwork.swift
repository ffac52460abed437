import Domain
import Stripe
import Vault

/// What becomes of a request on its way, and at Stripe's door.
enum Fate: String, CaseIterable {
  case neverSent
  /// No answer comes, and nothing was executed, or it was, or it will be.
  case lostBefore, lostAfter, delayed
  /// It runs longer than anybody waits; the same key is refused meanwhile.
  case slow
  case rateLimit, lockTimeout, unauthorized, forbidden, badRequest, notFound
  /// Stripe says that the key is another request's, which it is not.
  case otherRequest
  /// It was executed so far that an intent is left that anybody could confirm: in a 400 or a 200.
  case refusedWithIntent, leftOpen
  /// A saved 500, and nothing was executed, or it was, or it will be rolled forward.
  case errorBefore, errorAfter, errorAndLater
  /// Something in front of Stripe answers, and the request passed it, or did not.
  case unavailableBefore, unavailableAfter, conflict, dependency
  case oddStatus, plainRefusal, garbage
  /// It was executed, and the answer is cut, empty, or about something else.
  case cut, empty, otherAmount, otherCurrency, otherCustomer, otherMode, otherJob, otherKind
  /// It was executed, and what is said to be a replay is the answer to something else.
  case otherReplay
}

extension Fate {
  /// Any fate, but more often one that makes doubt, and to a re-send one that means nothing.
  static func drawn(by dice: inout Dice, isFirst: Bool) -> Fate {
    if dice.once(in: 2) { return dice.pick(allCases) }
    return isFirst
      ? dice.pick([.lostBefore, .lostAfter, .delayed, .slow, .errorAfter, .errorAndLater])
      : dice.pick([.rateLimit, .unauthorized, .badRequest, .neverSent, .conflict])
  }
}

extension SimulatedStripe {
  func send(_ permit: consuming Permit) -> Reply {
    let attempt = permit.attempt
    catchUp()
    onSend(attempt)
    guard !isDead() else { return .lost("the process is dead") }
    let isFaulty = weather != .fair && dice.once(in: weather.rawValue)
    let fate = isFaulty ? Fate.drawn(by: &dice, isFirst: attempt.sendNumber == 1) : nil
    clock.pass(Milliseconds(Int64(20 + dice.roll(900))))
    catchUp()
    forgetOldKeys()
    let reply = meet(fate, Request(attempt))
    let sent = "send \(attempt.sendNumber) of \(attempt.job)"
    tell("  \(sent): \(fate?.rawValue ?? "plain"), \(reply.words)")
    onExecuted()
    return isDead() ? .lost("the process is dead") : reply
  }

  private func meet(_ fate: Fate?, _ request: Request) -> Reply {
    switch fate {
    case nil: return plain(request)
    case .neverSent: return .neverSent("refused")
    case .lostBefore: return lost()
    case .lostAfter, .delayed, .slow: return unanswered(fate, request)
    case .rateLimit: return refusal(429, "rate_limit")
    case .lockTimeout: return refusal(429, "lock_timeout")
    case .unauthorized: return refusal(401, nil)
    case .forbidden: return refusal(403, nil)
    case .badRequest: return refusal(400, "parameter_invalid")
    case .notFound: return refusal(404, "resource_missing")
    case .otherRequest:
      disputed.insert(request.sender)
      return reply(400, Self.error("idempotency_error"))
    case .refusedWithIntent, .leftOpen: return halfDone(fate, request)
    case .errorBefore, .errorAfter, .errorAndLater: return serverError(fate, request)
    case .unavailableBefore: return reply(dice.pick([502, 503, 504]), "<html>", advice())
    case .unavailableAfter:
      _ = receive(request)
      return reply(dice.pick([502, 503, 504]), "<html>", advice())
    case .conflict: return reply(409, Self.error("invalid_request_error", "lock"), advice())
    case .dependency:
      if dice.once(in: 2) { _ = receive(request) }
      return reply(424, Self.error("api_error"), advice())
    case .oddStatus: return odd(request)
    case .plainRefusal: return reply(dice.pick([402, 403, 429]), "{\"error\":\"no\"}")
    case .garbage:
      if dice.once(in: 2) { _ = receive(request) }
      return reply(200, "<html>hello</html>")
    case .cut, .empty, .otherAmount, .otherCurrency, .otherCustomer, .otherMode, .otherJob,
      .otherKind, .otherReplay:
      return changed(fate, request)
    }
  }

  private func plain(_ request: Request) -> Reply {
    let answer = receive(request)
    return reply(answer.status, answer.text, answer.headers)
  }

  private func lost() -> Reply {
    clock.pass(.seconds(85))
    return .lost("no answer came")
  }

  private func unanswered(_ fate: Fate?, _ request: Request) -> Reply {
    switch fate {
    case .delayed:
      plan("a late \(request.sender) arrives", in: .seconds(Int64(1 + dice.roll(900)))) {
        [unowned self] in _ = receive(request)
      }
    case .slow where saved[request.key] == nil && invalid(request) == nil:
      let wait = Milliseconds.seconds(Int64(90 + dice.roll(300)))
      save(request, 0, "", busyUntil: now + wait)
      plan("\(request.sender) has run", in: wait) { [unowned self] in
        let answer = execute(request)
        save(request, answer.status, answer.text)
      }
    default: _ = receive(request)
    }
    return lost()
  }

  /// An answer that comes before anything begins and is not saved.
  private func refusal(_ status: Int, _ code: String?) -> Reply {
    reply(status, Self.error("invalid_request_error", code))
  }

  /// A 500 is saved and never changes, whatever became of the request.
  private func serverError(_ fate: Fate?, _ request: Request) -> Reply {
    guard saved[request.key] == nil, invalid(request) == nil else { return plain(request) }
    let text = Self.error("api_error")
    if fate == .errorAfter { _ = execute(request) }
    save(request, 500, text)
    if fate == .errorAndLater {
      plan("\(request.sender) is rolled forward", in: anHour(upTo: 20)) { [unowned self] in
        if invalid(request) == nil { _ = execute(request) }
      }
    }
    return reply(500, text, advice())
  }

  /// An intent is made and not confirmed, and the answer names it.
  private func halfDone(_ fate: Fate?, _ request: Request) -> Reply {
    guard request.path == "/v1/payment_intents", saved[request.key] == nil,
      invalid(request) == nil
    else { return plain(request) }
    let intent = makeOpenIntent(request)
    let (status, text) =
      fate == .leftOpen
      ? (200, intent.json)
      : (400, Self.error("invalid_request_error", "payment_intent_invalid", intent: intent.id))
    save(request, status, text)
    return reply(status, text)
  }

  /// A status that no row of the table of outcomes has, with or without the answer itself.
  private func odd(_ request: Request) -> Reply {
    let status = dice.pick([201, 202, 204, 301, 302, 307, 405, 410, 418, 451, 501, 520, 522, 599])
    guard dice.once(in: 2) else { return reply(status, "") }
    return reply(status, receive(request).text)
  }

  private func advice() -> [String: String] {
    switch dice.roll(4) {
    case 0: ["stripe-should-retry": "true"]
    case 1: ["stripe-should-retry": "false"]
    default: [:]
    }
  }

  /// It was executed, and what comes back is not what was done.
  private func changed(_ fate: Fate?, _ request: Request) -> Reply {
    let answer = receive(request)
    guard answer.status == 200, fate != .empty else { return reply(answer.status, "") }
    guard fate != .cut else {
      return reply(200, String(answer.text.prefix(answer.text.utf8.count / 2)))
    }
    let start = answer.text.split(separator: "\"").dropFirst(2).first { $0.contains("_") }
    guard var object = start.flatMap({ index(of: String($0)) }).map({ objects[$0] }) else {
      return reply(200, "")
    }
    var headers: [String: String] = [:]
    switch fate {
    // What an invoice says was paid is believed: there a wrong amount would be a lie of Stripe's.
    case .otherAmount where object.kind != .invoice: object.amount += 1
    case .otherCurrency: object.currency = "eur"
    case .otherCustomer: object.customer = "cus_other"
    case .otherKind: object.kind = object.kind == .charge ? .intent : .charge
    case .otherJob where object.kind != .invoice: object.job = "other#1"
    case .otherReplay:
      object.id += "0"
      if object.kind != .invoice { object.job = "other#1" }
      headers["idempotent-replayed"] = "true"
    default: object.isLive = true
    }
    return reply(200, object.json, headers)
  }
}

extension SimulatedStripe {
  func ask(_ question: Question) -> Reply {
    guard !isDead() else { return .lost("the process is dead") }
    catchUp()
    onAsk(question)
    guard !isDead() else { return .lost("the process is dead") }
    clock.pass(Milliseconds(Int64(10 + dice.roll(300))))
    catchUp()
    let reply = disturbed(question) ?? answer(question)
    tell("  \(question.method.rawValue) \(question.path): \(reply.words)")
    return reply
  }

  private func disturbed(_ question: Question) -> Reply? {
    guard weather != .fair, dice.once(in: 2 * weather.rawValue + (question == .time ? 30 : 0))
    else { return nil }
    switch dice.roll(9) {
    case 0: return .neverSent("refused")
    case 1: return lost()
    case 2:
      _ = answer(question)
      return lost()
    case 3: return refusal(429, "rate_limit")
    case 4: return refusal(401, nil)
    case 5: return reply(500, Self.error("api_error"))
    case 6: return reply(503, "<html>")
    case 7: return reply(200, "{\"object\":\"list\",\"da")
    default: return refusal(403, nil)
    }
  }

  private func answer(_ question: Question) -> Reply {
    switch question {
    case .time, .overdueInvoices: reply(200, "{\"object\":\"list\",\"data\":[],\"has_more\":false}")
    case .customer(let id): reply(200, customer(id))
    case .paymentIntent(let id), .latestCharge(let id), .charge(let id), .invoice(let id),
      .refund(let id):
      index(of: id).map { reply(200, objects[$0].json) }
        ?? reply(404, Self.error("invalid_request_error", "resource_missing"))
    case .list(let listing, let since, let last): list(listing, since, last)
    case .cancel(let id): cancel(id)
    case .permission: preconditionFailure("no worker asks what its key may do")
    }
  }

  private func customer(_ id: String) -> String {
    let method = penniless.contains(id) ? "null" : "\"pm_card\""
    return "{\"id\":\"\(id)\",\"object\":\"customer\",\"livemode\":false,"
      + "\"invoice_settings\":{\"default_payment_method\":\(method)}}"
  }

  private func cancel(_ id: String) -> Reply {
    guard let place = index(of: id), objects[place].isConfirmable else {
      return refusal(400, "payment_intent_unexpected_state")
    }
    set(id, "canceled")
    return reply(200, objects[place].json)
  }

  /// Newest first, failed and canceled ones included, two to a page; in bad weather a list may not
  /// show yet what was made in the last minute.
  private func list(_ listing: Listing, _ since: Timestamp, _ last: String?) -> Reply {
    let isLate = weather != .fair && dice.once(in: 4)
    let until = clock.truth.milliseconds / 1000 - (isLate ? 60 : 0)
    var found = objects.filter { object in
      guard object.created >= since.milliseconds / 1000, object.created <= until else {
        return false
      }
      switch listing {
      case .paymentIntents(let customer):
        return object.kind == .intent && object.customer == customer
      case .charges(let customer): return object.kind == .charge && object.customer == customer
      case .refunds(let refundable):
        return object.kind == .refund && object.target == refundable.id
      }
    }
    found.reverse()
    if let last, let place = found.firstIndex(where: { $0.id == last }) {
      found.removeFirst(place + 1)
    }
    let page = found.prefix(2).map(\.json).joined(separator: ",")
    return reply(
      200, "{\"object\":\"list\",\"data\":[\(page)],\"has_more\":\(found.count > 2)}")
  }
}

extension Reply {
  /// The reply, for a trace.
  var words: String {
    switch self {
    case .answer(let answer): "\(answer.status)\(answer.isReplay ? ", replayed" : "")"
    case .neverSent: "never sent"
    case .lost: "lost"
    }
  }
}
