package import Domain
internal import JSON
package import Vault

/// What asking Stripe found out about a job in doubt.
package enum Finding: Equatable, Sendable {
  /// Proof: charged, processing or declined, never anything else.
  case settled(Verdict)
  /// Nothing of the job was found, which is no proof that nothing happened.
  case absent
  /// More than one object of the job was found.
  case several
  /// Stripe told something that fits no case; asking again would tell the same.
  case odd(Reason)
  /// Stripe did not tell; to be asked again later.
  case failed(Reason)
}

/// Settles an attempt in doubt by cancelling and reading, neither of which needs a permit.
package struct Settler {
  package let attempt: Attempt
  package let mode: Mode
  private let connection: any StripeConnection

  /// Pages of a list that are read before giving up.
  private static let maximumPages = 100
  /// How much older than the first send an object may look.
  private static let slack = Milliseconds.minutes(-10)

  /// A settler of this attempt.
  package init(_ attempt: Attempt, mode: Mode, over connection: any StripeConnection) {
    self.attempt = attempt
    self.mode = mode
    self.connection = connection
  }

  /// Cancels an intent, so that nobody can confirm it any more, and says where it then stands.
  package func cancel(paymentIntent id: String) -> Finding {
    if case .answer(let answer) = connection.ask(.cancel(paymentIntent: id)),
      let finding = settled(by: answer, id)
    {
      return finding
    }
    switch connection.ask(.paymentIntent(id)) {
    case .answer(let answer):
      return settled(by: answer, id) ?? unsettled(by: answer, id)
    case .neverSent(let why), .lost(let why): return .failed(Reason(why, object: id))
    }
  }

  /// Looks for what the attempt made: the object of a known id, or whatever carries its job's name.
  ///
  /// Found is proof, absent is not: nothing here ever concludes that no money moved.
  package func lookUp(object id: String? = nil) -> Finding {
    let movement = attempt.movement
    let known =
      switch movement.operation {
      case .paymentIntentsCreate, .chargesCreate, .refundsCreate: id
      case .invoicesPay: movement.payable
      }
    guard let known else { return search() }
    switch read(known) {
    case .object(let node): return finding(of: Standing.of(node, attempt, mode))
    case .missing(let reason): return movement.operation == .invoicesPay ? .odd(reason) : search()
    case .untold(let finding): return finding
    }
  }

  /// What exactly the object of this id proves, for a person who says that it is the job's.
  ///
  /// Nothing else is looked for, and nothing is cancelled: whatever is no proof is `odd`, in a
  /// sentence that says in what the object is not the job's, or `failed` when Stripe did not tell.
  package func fetch(_ id: String) -> Finding {
    let kind = Standing.kind(of: attempt.operation)
    guard attempt.operation.prefixes.contains(where: id.hasPrefix) else {
      return .odd(Reason("\(id) is no \(kind), which \(attempt.job) makes", object: id))
    }
    switch read(id) {
    case .untold(let finding): return finding
    case .missing: return .odd(Reason("Stripe knows no such object: \(id)", object: id))
    case .object(let node):
      guard node["id"].flatMap(identifier) == id else {
        return .odd(Reason("Stripe's answer is another object than \(id)", object: id))
      }
      return proof(in: Standing.of(node, attempt, mode), id)
    }
  }

  private func proof(in standing: Standing, _ id: String) -> Finding {
    switch standing {
    case .charged, .declined: finding(of: standing)
    case .processing:
      attempt.operation == .invoicesPay
        ? .odd(Reason("\(id) is open, so it is not paid", object: id)) : finding(of: standing)
    case .open: .odd(Reason("\(id) waits for its customer, so nothing is charged", object: id))
    case .mismatch(let difference):
      .odd(Reason("\(id) is not of \(attempt.job): it has \(difference)", object: id))
    case .odd(let message, let object): .odd(Reason(message, object: object))
    }
  }

  /// What reading one object came to.
  private enum Read {
    case object(JSONNode)
    /// Stripe itself says that there is no such object.
    case missing(Reason)
    case untold(Finding)
  }

  private func read(_ id: String) -> Read {
    switch connection.ask(question(for: id)) {
    case .neverSent(let why), .lost(let why): return .untold(.failed(Reason(why, object: id)))
    case .answer(let answer):
      if answer.status == 404, let error = StripeError(answer) { return .missing(error.reason) }
      guard answer.status == 200, let node = answer.json else { return .untold(untold(answer)) }
      return .object(node)
    }
  }

  private func question(for id: String) -> Question {
    switch attempt.operation {
    case .paymentIntentsCreate: .paymentIntent(id)
    case .chargesCreate: .charge(id)
    case .invoicesPay: .invoice(id)
    case .refundsCreate: .refund(id)
    }
  }

  /// What an answer about one intent proves, if anything.
  private func settled(by answer: Answer, _ id: String) -> Finding? {
    guard answer.status == 200, let json = answer.json, json["id"].flatMap(identifier) == id
    else { return nil }
    switch Standing.of(json, attempt, mode) {
    case .charged, .processing, .declined:
      return .settled(Standing.of(json, attempt, mode).verdict(requestID: answer.requestID))
    case .open, .mismatch, .odd: return nil
    }
  }

  /// An intent that is still open may be cancelled later; one that is not the job's never will be.
  private func unsettled(by answer: Answer, _ id: String) -> Finding {
    guard answer.status == 200, let json = answer.json else { return untold(answer) }
    if case .open = Standing.of(json, attempt, mode) {
      return .failed(Reason("\(id) is not canceled yet", object: id))
    }
    return .odd(Reason("\(id) is not an intent of this job", object: id))
  }

  /// An answer that tells nothing: for now, or for good.
  private func untold(_ answer: Answer) -> Finding {
    switch answer.status {
    case 200, 401, 403, 409, 429, 500...: .failed(Reason(of: answer))
    default: .odd(Reason(of: answer))
    }
  }

  private func finding(of standing: Standing) -> Finding {
    switch (standing, attempt.operation) {
    case (.charged(let object, let amount), .invoicesPay):
      .settled(.charged(object: object, amountMinor: amount, caveat: .payerNotProven))
    // An open invoice only says that nobody has paid it yet.
    case (.processing, .invoicesPay): .absent
    case (.declined(let reason), _) where Mutant.failedChargeBelieved.isOn:
      .settled(
        .charged(object: reason.object ?? "", amountMinor: attempt.amount.minorUnits, caveat: nil))
    case (.charged, _), (.processing, _), (.declined, _):
      .settled(standing.verdict(requestID: nil))
    case (.open(let intent), _): cancel(paymentIntent: intent)
    case (.mismatch, _): .absent
    case (.odd(let message, let object), _): .odd(Reason(message, object: object))
    }
  }
}

extension Operation {
  /// How the ids of what it makes begin: charges and refunds of other means than cards have their
  /// own.
  fileprivate var prefixes: [String] {
    switch self {
    case .paymentIntentsCreate: ["pi_"]
    case .chargesCreate: ["ch_", "py_"]
    case .invoicesPay: ["in_"]
    case .refundsCreate: ["re_", "pyr_"]
    }
  }
}

extension Settler {
  /// Exactly one match among what the account has since the first send decides.
  private func search() -> Finding {
    switch named() {
    case .untold(let finding): return finding
    case .objects(let nodes):
      return decide(
        nodes.map { Standing.of($0, attempt, mode) }.filter { standing in
          if case .mismatch = standing { false } else { true }
        })
    }
  }

  /// What of an account carries the name of the attempt's job.
  enum Named {
    case objects([JSONNode])
    /// The finding of the whole search, when a page cannot be read.
    case untold(Finding)
  }

  /// Reads every page of what the account has since the first send.
  func named() -> Named {
    var nodes: [JSONNode] = []
    var last: String?
    for _ in 0..<Self.maximumPages {
      switch page(after: last) {
      case .untold(let finding): return .untold(finding)
      case .read(let found, let next):
        nodes += found
        guard let next else { return .objects(nodes) }
        last = next
      }
    }
    return .untold(.failed(Reason("the account has too many objects to look through")))
  }

  private func decide(_ matches: [Standing]) -> Finding {
    guard let match = matches.first else {
      return Mutant.absentMeansNotCharged.isOn ? .settled(.declined(Reason("absent"))) : .absent
    }
    return matches.count == 1 ? finding(of: match) : .several
  }

  private enum Page {
    /// What carries the job's name on the page, and the last id if there are more pages.
    case read([JSONNode], next: String?)
    case untold(Finding)
  }

  private func page(after last: String?) -> Page {
    let since = attempt.firstSentAt + Self.slack
    switch connection.ask(.list(listing, since: since, after: last)) {
    case .neverSent(let why), .lost(let why): return .untold(.failed(Reason(why)))
    case .answer(let answer):
      guard answer.status == 200 else { return .untold(untold(answer)) }
      guard let json = answer.json, let data = json["data"]?.array,
        let hasMore = json["has_more"]?.bool
      else { return .untold(.failed(Reason(of: answer, otherwise: "Stripe's list is cut off"))) }
      let next = data.last?["id"].flatMap(identifier)
      if hasMore, next == nil {
        return .untold(.failed(Reason(of: answer, otherwise: "Stripe's list does not go on")))
      }
      let named = data.filter { Standing.isNamed($0, for: attempt) }
      return .read(named, next: hasMore ? next : nil)
    }
  }

  private var listing: Listing {
    switch attempt.operation {
    case .paymentIntentsCreate: .paymentIntents(customer: attempt.account)
    case .chargesCreate: .charges(customer: attempt.account)
    case .refundsCreate: .refunds(attempt.movement.refundable)
    case .invoicesPay: preconditionFailure("an invoice is read, not searched for")
    }
  }
}
