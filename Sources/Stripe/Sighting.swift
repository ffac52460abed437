internal import Domain
internal import JSON
internal import Vault

/// What Stripe shows of a job, in the words of a listing.
package enum Sighting: Equatable, Sendable {
  /// Nothing of the account carries the job's name.
  case nothing
  /// What carries the job's name, a sentence each.
  case shown([String])
  /// Stripe did not tell.
  case untold(Reason)
}

extension Settler {
  /// Looks for whatever carries the job's name, and changes nothing.
  ///
  /// Unlike a look-up it cancels no open intent and passes over no object of another amount: any
  /// trace of the job is one. Not for invoices, which carry no name of ours.
  package func sight() -> Sighting {
    precondition(attempt.operation != .invoicesPay, "an invoice carries no name of a job")
    switch named() {
    case .objects(let nodes):
      return nodes.isEmpty ? .nothing : .shown(nodes.map(sentence))
    case .untold(.failed(let reason)), .untold(.odd(let reason)): return .untold(reason)
    case .untold(.absent), .untold(.several), .untold(.settled):
      preconditionFailure("a page that was not read settles nothing")
    }
  }

  private func sentence(_ node: JSONNode) -> String {
    let id = node["id"].flatMap(identifier) ?? "an object without an id"
    return switch Standing.of(node, attempt, mode) {
    case .charged(let object, let amount):
      "\(object) has succeeded (\(Money(minorUnits: amount, currency: attempt.amount.currency)))"
    case .processing(let object): "\(object) is processing"
    case .declined: "\(id) was declined or canceled"
    case .open(let intent): "\(intent) waits for its customer"
    case .mismatch(let difference): "\(id) carries its name, though it has \(difference)"
    case .odd(let message, _): printable(message)
    }
  }
}
