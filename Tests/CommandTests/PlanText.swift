/// The text of a job file, its parts as a test wants them.
struct JobFileText {
  var name = "fees"
  var operation = "payment_intents.create"
  var cap = "500.00"
  /// More members of the policy, each with its comma before it.
  var policy = ""
  /// More members of the file, each with its comma before it.
  var more = ""

  var text: String {
    """
    {"name": "\(name)", "operation": "\(operation)", "currency": "usd",
     "policy": {"allowed_operations": ["\(operation)", "customers.retrieve"],
       "caps": [{"per": "batch", "amount": "\(cap)", "currency": "usd"}]\(policy)}\(more)}

    """
  }
}

/// A plan: the usual header, then these lines.
func csv(_ lines: String...) -> String { csv(lines) }

/// A plan: the usual header, then these lines.
func csv(_ lines: [String]) -> String {
  (["account,amount,reference"] + lines).joined(separator: "\n") + "\n"
}

/// A plan of so many plain jobs of 1.00 usd, each for an account of its own.
func csv(jobs: Int) -> String { csv((1...jobs).map { "cus_\($0),1.00,in_\($0)" }) }
