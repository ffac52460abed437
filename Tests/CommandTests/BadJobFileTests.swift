import Support
import Testing

@Suite struct BadJobFileTests {
  @Test(arguments: badJobFiles)
  func `a job file with a problem is refused, each problem with its place and key`(
    _ bad: BadJobFile
  ) throws {
    let home = try CommandHome()
    try home.write(csv(jobs: 2), to: "plan.csv")
    try home.write(bad.text, to: "job.json")

    let outcome = try home.sluice(["submit", "plan.csv", "--job", "job.json"])

    let count = bad.problems.count == 1 ? "1 problem" : "\(bad.problems.count) problems"
    let lines =
      ["sluice: job.json: \(count)"] + bad.problems.map { "  job.json:" + $0 }
      + ["  correct the job file and try again", ""]
    #expect(outcome == Outcome(65, error: lines.joined(separator: "\n")))
    #expect(try home.states() == [:])
  }

  @Test func `a job file that is not there is not found`() throws {
    let home = try CommandHome()
    try home.write(csv(jobs: 2), to: "plan.csv")

    #expect(
      try home.sluice(["submit", "plan.csv", "--job", "jobs/fees.json"])
        == Outcome(66, error: "sluice: jobs/fees.json: no such file\n  check the path\n"))
  }

  @Test func `a job file without a source needs the plan's name`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")

    #expect(
      try home.sluice(["submit", "--job", "job.json"])
        == Outcome(
          64,
          error: """
            sluice: "job.json" names no source, so FILE is needed
              sluice submit FILE --job job.json

            """))
  }
}

/// A job file and each of its problems: line, column, key and message.
struct BadJobFile: CustomTestStringConvertible {
  let text: String
  let problems: [String]

  var testDescription: String { problems[0] }
}

private let badJobFiles = [
  BadJobFile(text: "", problems: ["1:1: expected a value, found the end"]),
  BadJobFile(
    text: "{\"name\": ", problems: ["1:10: expected a value, found the end"]),
  BadJobFile(text: "[]", problems: ["1:1: must be an object, not an array"]),
  BadJobFile(
    text: "{\"name\": \"fees\"}",
    problems: ["1:1: operation: missing", "1:1: policy: missing"]),
  BadJobFile(
    text: JobFileText(more: ",\n \"polcy\": {}").text,
    problems: ["4:2: polcy: unknown key, did you mean \"policy\"?"]),
  BadJobFile(
    text: JobFileText(policy: ",\n \"max_job\": 3").text,
    problems: ["4:2: policy.max_job: unknown key, did you mean \"max_jobs\"?"]),
  BadJobFile(
    text: JobFileText(more: ",\n \"name\": \"again\"").text,
    problems: ["4:2: name: the key stands here twice"]),
  BadJobFile(
    text: JobFileText(more: ",\n \"halt\": {\"declined_in_a_row\": \"3\"}").text,
    problems: [
      "4:32: halt.declined_in_a_row: must be an integer from 1 to 1,000,000, not a string"
    ]),
  BadJobFile(
    text: """
      {"name": "fees", "operation": "payment_intents.create",
       "policy": {"allowed_operations": "payment_intents.create",
         "caps": [{"per": "batch", "amount": 500, "currency": "usd"}]}}
      """,
    problems: [
      "2:35: policy.allowed_operations: must be an array, not a string",
      "3:40: policy.caps[0].amount: must be text like \"500.00\", not an integer",
    ]),
  BadJobFile(
    text: JobFileText(cap: "5e2").text,
    problems: [
      "1:69: currency: policy.caps has no cap in usd",
      "3:40: policy.caps[0].amount: \"5e2\" is not an amount in usd: write plain digits like 19.99",
    ]),
  BadJobFile(
    text: JobFileText(operation: "transfers.create").text,
    problems: [
      "1:31: operation: unknown operation \"transfers.create\", known are payment_intents.create, "
        + "charges.create, invoices.pay, refunds.create",
      "2:36: policy.allowed_operations[0]: unknown operation \"transfers.create\", known are "
        + "payment_intents.create, charges.create, invoices.pay, refunds.create, "
        + "customers.retrieve, invoices.retrieve, charges.retrieve, payment_intents.retrieve",
    ]),
  BadJobFile(
    text: JobFileText(name: "../fees").text,
    problems: [
      "1:10: name: \"../fees\" is no name: use up to 40 letters, digits, dashes and underscores"
    ]),
  BadJobFile(
    text: JobFileText(more: ",\n \"approval\": {\"expires_in\": \"1 day\"}").text,
    problems: [
      "4:29: approval.expires_in: \"1 day\" is no duration: write 90s, 15m, 1h or 7d"
    ]),
]
