import Domain
import Planner

/// A job file of `charges.create` with a cap in usd; `CAP`, `DAY` and `MAX` stand for limits in it.
func jobFileText(
  _ extra: String = "", operation: String = "charges.create",
  policy: String = #""allowed_operations":["charges.create"],"caps":[CAP]"#
) -> String {
  #"{"name":"a","operation":"\#(operation)","policy":{\#(policy)}\#(extra)}"#
    .replacing("CAP", with: #"{"per":"batch","amount":"500.00","currency":"usd"}"#)
    .replacing("DAY", with: #"{"per":"day","amount":"700.00","currency":"usd"}"#)
    .replacing("MAX", with: #"{"amount":"9.00","currency":"usd"}"#)
}

/// The job file of `jobFileText`.
func jobFile(
  _ extra: String = "", operation: String = "charges.create",
  policy: String = #""allowed_operations":["charges.create"],"caps":[CAP]"#
) throws -> JobFile {
  let text = jobFileText(extra, operation: operation, policy: policy)
  return try JobFileReader.read(Array(text.utf8), path: "jobs/a.json")
}

/// A job file of `invoices.pay`.
func invoices(_ extra: String = "") throws -> JobFile {
  try jobFile(
    extra, operation: "invoices.pay",
    policy: #""allowed_operations":["invoices.pay","invoices.retrieve"],"caps":[CAP]"#)
}

/// A job file of `refunds.create` that may read these.
func refunds(
  _ extra: String = "", reads: String = #""charges.retrieve","payment_intents.retrieve""#
) throws -> JobFile {
  try jobFile(
    extra, operation: "refunds.create",
    policy: #""allowed_operations":["refunds.create",\#(reads)],"caps":[CAP]"#)
}

/// A job file of `payment_intents.create` that may read customers.
func intents() throws -> JobFile {
  try jobFile(
    operation: "payment_intents.create",
    policy: #""allowed_operations":["payment_intents.create","customers.retrieve"],"caps":[CAP]"#)
}
