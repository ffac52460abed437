import Domain
import Planner

/// A job file of `charges.create` with a cap in usd; `CAP` and `MAX` stand for limits in it.
func jobFileText(
  _ extra: String = "", operation: String = "charges.create",
  policy: String = #""allowed_operations":["charges.create"],"caps":[CAP]"#
) -> String {
  #"{"name":"a","operation":"\#(operation)","policy":{\#(policy)}\#(extra)}"#
    .replacing("CAP", with: #"{"per":"batch","amount":"500.00","currency":"usd"}"#)
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
