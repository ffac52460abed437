import Domain
import Planner
import Testing

@Suite struct JobFileReaderTests {
  @Test func `a full job file is read`() throws {
    let text = """
      {"name":"overdue", "description":"Plan fees", "operation":"payment_intents.create",
       "currency":"usd", "source":{"csv":"../examples/overdue.csv"},
       "columns":{"reference":"invoice_number", "metadata.plan":"plan"},
       "fields":{"description":"Overdue {reference}"},
       "policy":{"allowed_operations":["payment_intents.create","customers.retrieve"],
         "caps":[{"per":"batch","amount":"500.00","currency":"usd"},
                 {"per":"batch","amount":"90000","currency":"jpy"}],
         "max_per_job":[{"amount":"99.00","currency":"usd"}], "max_jobs":2000,
         "accounts":["cus_1","cus_2"], "expires_in":"90s"},
       "approval":{"required":1,"four_eyes":true,"expires_in":"7d"},
       "halt":{"declined_in_a_row":1,"rejected_in_a_row":2,"unreachable_in_a_row":4}}
      """
    let usd = try #require(Currency("usd")), jpy = try #require(Currency("jpy"))

    let jobFile = try JobFileReader.read(Array(text.utf8), path: "jobs/overdue.json")

    #expect(
      jobFile
        == JobFile(
          name: "overdue", description: "Plan fees", operation: .paymentIntentsCreate,
          currency: usd, sourcePath: "jobs/../examples/overdue.csv",
          columns: ["reference": "invoice_number", "metadata.plan": "plan"],
          fields: ["description": "Overdue {reference}"],
          policy: Policy(
            allowedOperations: [.paymentIntentsCreate, .customersRetrieve],
            caps: [
              Money(minorUnits: 50_000, currency: usd), Money(minorUnits: 90_000, currency: jpy),
            ],
            maxPerJob: [Money(minorUnits: 9900, currency: usd)], maxJobs: 2000,
            accounts: ["cus_1", "cus_2"], expiresIn: .seconds(90)),
          approval: ApprovalRule(fourEyes: true, expiresIn: .days(7)),
          halt: HaltRule(declinedInARow: 1, rejectedInARow: 2, unreachableInARow: 4),
          bytes: Array(text.utf8)))
  }

  @Test func `what a job file leaves out has a default`() throws {
    let jobFile = try JobFileReader.read(Array(jobFileText().utf8), path: "a.json")

    #expect(jobFile.policy.expiresIn == .hours(1))
    #expect(jobFile.policy.maxJobs == nil)
    #expect(jobFile.policy.accounts == nil)
    #expect(jobFile.approval == ApprovalRule(fourEyes: nil, expiresIn: .hours(24)))
    #expect(
      jobFile.halt == HaltRule(declinedInARow: 10, rejectedInARow: 3, unreachableInARow: 5))
    #expect(jobFile.sourcePath == nil)
  }

  @Test(arguments: [
    ("jobs/a.json", "b.csv", "jobs/b.csv"), ("a.json", "b.csv", "b.csv"),
    ("/j/a.json", "../b.csv", "/j/../b.csv"), ("jobs/a.json", "/b.csv", "/b.csv"),
  ])
  func `a source is relative to the job file's folder`(
    path: String, source: String, resolved: String
  ) throws {
    let text = jobFileText(#","source":{"csv":"\#(source)"}"#)

    #expect(try JobFileReader.read(Array(text.utf8), path: path).sourcePath == resolved)
  }

  @Test(arguments: [
    (#","nmae":"x""#, #"nmae: unknown key, did you mean "name"?"#),
    (
      #","\u001b[2J":1"#,
      #"\u{1b}[2J: unknown key; known are name, description, operation, currency, source, "#
        + "columns, fields, policy, approval, halt"
    ),
    (#","name":"b""#, "name: the key stands here twice"),
    (#","description":1"#, "description: must be a string, not an integer"),
    (#","description":"a\u0007""#, "the description holds the control character U+0007"),
    (#","description":"rk_live_0123456789""#, "looks like it holds an API key"),
    (#","currency":"usdd""#, #"currency: unknown currency "usdd""#),
    (#","currency":"eur""#, "currency: policy.caps has no cap in eur"),
    (#","source":"a.csv""#, "source: must be an object, not a string"),
    (#","source":{}"#, "source.csv: missing"),
    (#","source":{"csv":""}"#, "source.csv: names no file"),
    (#","source":{"jsonl":"a"}"#, "source.jsonl: not in this version: the only source is csv"),
    (#","source":{"csv":"a","cvs":"b"}"#, #"source.cvs: unknown key, did you mean "csv"?"#),
    (#","columns":[]"#, "columns: must be an object, not an array"),
    (#","columns":{"acount":"a"}"#, #"columns.acount: unknown column, did you mean "account"?"#),
    (#","columns":{"account":" "}"#, "columns.account: names no column"),
    (#","columns":{"account":1.5}"#, "columns.account: must be a string, not a number"),
    (
      #","columns":{"metadata.sluice_x":"a"}"#,
      #"the metadata key "sluice_x" is ours: keys do not begin with sluice_"#
    ),
    (
      #","columns":{"reason":"a"},"fields":{"reason":"b"}"#,
      "fields.reason: is given by columns as well: keep one"
    ),
    (
      #","fields":{"reason":"a } b"}"#,
      "fields.reason: the brace } stands alone: braces enclose a column, as in {reference}"
    ),
    (
      #","fields":{"reason":"{a"}"#,
      "fields.reason: the brace { stands alone: braces enclose a column, as in {reference}"
    ),
    (#","fields":{"reason":"{ }"}"#, "fields.reason: {} names no column"),
    (#","approval":{"required":2}"#, "approval.required: must be 1 in this version"),
    (#","approval":{"four_eyes":1}"#, "approval.four_eyes: must be true or false, not an integer"),
    (
      #","approval":{"expires_in":"1w"}"#,
      #"approval.expires_in: "1w" is no duration: write 90s, 15m, 1h or 7d"#
    ),
    (
      #","halt":{"declined_in_a_row":0}"#,
      "halt.declined_in_a_row: must be an integer from 1 to 1,000,000, not 0"
    ),
    (
      #","halt":{"rejected_in_a_row":1.5}"#,
      "halt.rejected_in_a_row: must be an integer from 1 to 1,000,000, not a number"
    ),
  ])
  func `a wrong key beside the policy is named by its path`(extra: String, problem: String) {
    let details = problems(of: jobFileText(extra))

    #expect(details.count == 1)
    #expect(details.first?.contains(problem) == true, "\(details)")
  }

  @Test(arguments: [
    (
      #""allowed_operations":[],"caps":[CAP]"#,
      ["policy.allowed_operations: must hold the operation, charges.create"]
    ),
    (
      #""allowed_operations":["customers.retrieve"],"caps":[CAP]"#,
      ["policy.allowed_operations: must hold the operation, charges.create"]
    ),
    (
      #""allowed_operations":["charges.create","charge.create",7],"caps":[CAP]"#,
      [
        #"policy.allowed_operations[1]: unknown operation "charge.create", did you mean "#
          + #""charges.create"?"#,
        "policy.allowed_operations[2]: must be a string, not an integer",
      ]
    ),
    (
      #""allowed_operations":["charges.create","charges.create"],"caps":[CAP]"#,
      ["policy.allowed_operations[1]: stands here twice"]
    ),
    (#""allowed_operations":["charges.create"]"#, ["policy.caps: missing"]),
    (#""caps":[CAP]"#, ["policy.allowed_operations: missing"]),
    (
      #""allowed_operations":["charges.create"],"caps":[]"#,
      [#"policy.caps: needs a cap with per: "batch""#]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[CAP,CAP]"#,
      ["policy.caps[1]: there is a limit in usd already"]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[CAP],"max_per_job":[MAX,MAX]"#,
      ["policy.max_per_job[1]: there is a limit in usd already"]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[CAP,{"per":"day","amount":"1","#
        + #""currency":"jpy"}]"#,
      [#"policy.caps[1].per: "day" is not in this version: only "batch" is"#]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[{"per":"batch","amount":500,"#
        + #""currency":"usd"},{"amount":"1.5","currency":"usdd"}]"#,
      [
        #"policy.caps[0].amount: must be text like "500.00", not an integer"#,
        "policy.caps[1].per: missing", #"policy.caps[1].currency: unknown currency "usdd""#,
      ]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[{"per":"batch","amount":"500","#
        + #""currency":"usd"}]"#,
      [#"policy.caps[0].amount: "500" could mean 5.00 or 500.00 usd; write one of them"#]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[CAP],"max_jobs":0,"accounts":["x"],"#
        + #""expires_in":"0s""#,
      [
        "policy.max_jobs: must be an integer from 1 to 1,000,000, not 0",
        #"policy.accounts[0]: "x" is no account"#, #"policy.expires_in: "0s" is no duration"#,
      ]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[CAP],"accounts":[]"#,
      ["policy.accounts: names no account, so nobody could be charged"]
    ),
  ])
  func `a wrong policy is named by its path`(policy: String, expected: [String]) {
    let text = jobFileText(policy: policy)

    let details = problems(of: text)

    #expect(details.count == expected.count, "\(details)")
    for (detail, problem) in zip(details, expected) {
      #expect(detail.contains(problem), "\(detail)")
    }
  }

  @Test func `all problems come at once, each at its place`() throws {
    let text = """
      {
        "nam": "x",
        "operation": "customers.retrieve",
        "policy": { "caps": [{ "per": "batch", "amount": "500.00", "currency": "usdd" }] }
      }
      """

    #expect {
      _ = try JobFileReader.read(Array(text.utf8), path: "jobs/x.json")
    } throws: { error in
      error as? Fault
        == Fault(
          .badData, "jobs/x.json: 5 problems", hint: "correct the job file and try again",
          details: [
            "jobs/x.json:1:1: name: missing",
            #"jobs/x.json:2:3: nam: unknown key, did you mean "name"?"#,
            #"jobs/x.json:3:16: operation: unknown operation "customers.retrieve", "#
              + "known are payment_intents.create, charges.create",
            "jobs/x.json:4:13: policy.allowed_operations: missing",
            #"jobs/x.json:4:74: policy.caps[0].currency: unknown currency "usdd""#,
          ])
    }
  }

  @Test(arguments: [
    ("", "a.json:1:1: expected a value, found the end"),
    ("{\"name\":\n}", "a.json:2:1: expected a value, found \"}\""),
    ("[]", "a.json:1:1: must be an object, not an array"),
  ])
  func `what is no JSON object is refused`(text: String, problem: String) {
    #expect(problems(of: text) == [problem])
  }

  private func problems(of text: String) -> [String] {
    do throws(Fault) {
      _ = try JobFileReader.read(Array(text.utf8), path: "a.json")
      return []
    } catch {
      return error.details
    }
  }
}
