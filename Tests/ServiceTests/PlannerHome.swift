import Domain
import Journal
import Notice
import Planner
import Service
import Support

extension TestHome {
  /// The desk of a planner that plans under a job file named fees.
  func desk(
    of planner: String = "agent", cap: String = "500.00", fields: [String: String] = [:],
    quota: Quota = Quota(), messenger: Messenger? = nil
  ) throws -> PlannerDesk {
    let description = fields["description"].map { #", "fields": {"description": "\#($0)"}"# } ?? ""
    let text = """
      {"name": "fees", "operation": "payment_intents.create", "currency": "usd",
       "columns": {"reference": "invoice_number"},
       "policy": {"allowed_operations": ["payment_intents.create", "customers.retrieve"],
         "caps": [{"per": "batch", "amount": "\(cap)", "currency": "usd"}]},
       "notify": {"webhook_env": "HOOK"}\(description)}
      """
    return PlannerDesk(
      store,
      PlannerAccess(
        submitter: Submitter(.ana, planner: planner, apiURL: "sandbox", messenger: messenger),
        jobFiles: [try JobFileReader.read(Array(text.utf8), path: "fees.json")], quota: quota))
  }
}

/// What was given; throws where it was refused.
func given<Value>(_ answer: PlannerAnswer<Value>) throws -> Value {
  guard case .given(let value) = answer else { throw Fault(.badData, "\(answer)") }
  return value
}

/// Why it was refused; throws where it was given.
func refusal<Value>(_ answer: PlannerAnswer<Value>) throws -> PlannerRefusal {
  guard case .refused(let refusal) = answer else { throw Fault(.badData, "\(answer)") }
  return refusal
}

extension ProposedCharge {
  /// A charge of 1.00 for an account of its own.
  static func sample(_ number: Int) -> ProposedCharge {
    var charge = ProposedCharge()
    charge.account = "cus_\(number)"
    charge.amountMinor = 100
    charge.reference = "in_\(number)"
    return charge
  }
}
