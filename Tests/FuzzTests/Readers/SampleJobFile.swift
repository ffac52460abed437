import Domain
import Planner

/// The job files that plans are read under: one for each operation, and one that maps columns.
enum SampleJobFile {
  static let all = texts.compactMap { try? JobFileReader.read(Array($0.utf8), path: "job.json") }

  private static let texts =
    [
      ("payment_intents.create", "customers.retrieve"), ("charges.create", "customers.retrieve"),
      ("invoices.pay", "invoices.retrieve"), ("refunds.create", "charges.retrieve"),
    ].map { text($0, $1, "") } + [
      text(
        "payment_intents.create", "customers.retrieve",
        """
        , "columns": {"reference": "number", "metadata.plan": "Plan"},
        "fields": {"description": "Fees {number} of {Plan}"}
        """)
    ]

  private static func text(_ operation: String, _ read: String, _ more: String) -> String {
    """
    {"name": "fuzz", "operation": "\(operation)", "currency": "usd",
     "policy": {"allowed_operations": ["\(operation)", "\(read)"],
       "caps": [{"per": "batch", "amount": "500.00", "currency": "usd"},
                {"per": "batch", "amount": "500", "currency": "jpy"},
                {"per": "batch", "amount": "500.000", "currency": "kwd"}]}\(more)}
    """
  }
}
