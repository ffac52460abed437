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
       "policy":{"name":"agent-7","vendor":"stripe",
         "allowed_operations":["payment_intents.create","customers.retrieve"],
         "caps":[{"per":"batch","amount":"500.00","currency":"usd"},
                 {"per":"batch","amount":"90000","currency":"jpy"},
                 {"per":"day","amount":"700.00","currency":"usd"},
                 {"per":"month","amount":"5000.00","currency":"usd"}],
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
          currency: usd, source: .csv("examples/overdue.csv"),
          columns: ["reference": "invoice_number", "metadata.plan": "plan"],
          fields: ["description": "Overdue {reference}"],
          policy: Policy(
            name: "agent-7",
            allowedOperations: [.job(.paymentIntentsCreate), .read(.customersRetrieve)],
            caps: [
              Cap(per: .batch, limit: Money(minorUnits: 50_000, currency: usd)),
              Cap(per: .batch, limit: Money(minorUnits: 90_000, currency: jpy)),
              Cap(per: .day, limit: Money(minorUnits: 70_000, currency: usd)),
              Cap(per: .month, limit: Money(minorUnits: 500_000, currency: usd)),
            ],
            maxPerJob: [Money(minorUnits: 9900, currency: usd)], maxJobs: 2000,
            accounts: ["cus_1", "cus_2"], expiresIn: .seconds(90)),
          approval: ApprovalRule(fourEyes: true, expiresIn: .days(7)),
          halt: HaltRule(declinedInARow: 1, rejectedInARow: 2, unreachableInARow: 4),
          bytes: Array(text.utf8)))
  }

  @Test func `what a job file leaves out has a default`() throws {
    let jobFile = try JobFileReader.read(Array(jobFileText().utf8), path: "a.json")

    #expect(jobFile.policy.name == "a")
    #expect(jobFile.policy.expiresIn == .hours(1))
    #expect(jobFile.policy.maxJobs == nil)
    #expect(jobFile.policy.accounts == nil)
    #expect(jobFile.approval == ApprovalRule(fourEyes: nil, expiresIn: .hours(24)))
    #expect(
      jobFile.halt == HaltRule(declinedInARow: 10, rejectedInARow: 3, unreachableInARow: 5))
    #expect(jobFile.source == nil)
  }

  @Test(arguments: [
    (#","nmae":"x""#, #"nmae: unknown key, did you mean "name"?"#),
    (
      #","\u001b[2J":1"#,
      #"\u{1b}[2J: unknown key; known are name, description, operation, currency, source, "#
        + "columns, fields, policy, approval, halt"
    ),
    (#","name":"b""#, "name: the key stands here twice"),
    (#","notify":"x""#, "notify: must be an object, not a string"),
    (#","schedule_every":"daily""#, "schedule_every: \"daily\" is no duration"),
    (#","schedule":"1d""#, "schedule: unknown key"),
    (
      #","currency":"rk_live_0123456789""#,
      "currency: looks like it holds an API key or a card number, which must not be stored"
    ),
    (#","columns":{"invoice":"a"}"#, "is a field of invoices.pay, not of charges.create"),
    (#","fields":{"charge":"a"}"#, "is a field of refunds.create, not of charges.create"),
    (#","description":1"#, "description: must be a string, not an integer"),
    (#","description":"a\u0007""#, "the description holds the control character U+0007"),
    (#","description":"rk_live_0123456789""#, "looks like it holds an API key"),
    (#","currency":"usdd""#, #"currency: unknown currency "usdd""#),
    (#","currency":"eur""#, "currency: policy.caps has no cap in eur"),
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
    (#","approval":{"required":3}"#, "approval.required: must be 1 or 2"),
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
      ["policy.caps[1]: there is a cap per batch in usd already"]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[CAP,DAY,DAY]"#,
      ["policy.caps[2]: there is a cap per day in usd already"]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[DAY]"#,
      [#"policy.caps: needs a cap with per: "batch""#]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[CAP,{"per":"month","amount":"1","#
        + #""currency":"jpy"}]"#,
      [#"policy.caps[1]: needs a cap with per: "batch" in jpy beside it"#]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[CAP],"max_per_job":[MAX,MAX]"#,
      ["policy.max_per_job[1]: there is a limit in usd already"]
    ),
    (
      #""allowed_operations":["charges.create"],"caps":[CAP,{"per":"week","amount":"1.00","#
        + #""currency":"usd"}]"#,
      [#"policy.caps[1].per: "week" is no window: write batch, day or month"#]
    ),
    (
      #""name":"","vendor":"adyen","allowed_operations":["charges.create"],"caps":[CAP]"#,
      [
        #"policy.name: "" is no name: use up to 40 letters, digits, dashes and underscores"#,
        #"policy.vendor: "adyen" is no vendor we know: only "stripe" is"#,
      ]
    ),
    (
      #""allowed_operations":["charges.create","payment_intents.create","refunds.create"],"#
        + #""caps":[CAP]"#,
      [
        "policy.allowed_operations[2]: refunds.create and charges.create never share a key: one "
          + "takes money, the other gives it back; write a job file for each"
      ]
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

  @Test func `a refund job file takes no operation that collects`() {
    let text = jobFileText(
      operation: "refunds.create",
      policy: #""allowed_operations":["refunds.create","charges.retrieve","invoices.pay"],"#
        + #""caps":[CAP]"#)

    let details = problems(of: text)

    #expect(details.count == 1)
    #expect(
      details.first?.contains(
        "policy.allowed_operations[2]: invoices.pay and refunds.create never share a key") == true)
  }

  @Test func `an invoice is only paid where it may be read afresh`() throws {
    let invoices = { (operations: String) in
      jobFileText(
        operation: "invoices.pay",
        policy: #""allowed_operations":[\#(operations)],"caps":[CAP]"#)
    }

    #expect(problems(of: invoices(#""invoices.pay","invoices.retrieve""#)) == [])
    #expect(
      problems(of: invoices(#""invoices.pay","customers.retrieve""#)) == [
        "a.json:1:71: policy.allowed_operations: must hold invoices.retrieve: an invoice is read "
          + "afresh before it is paid"
      ])
  }

  @Test(arguments: [
    (#""columns":{"metadata.a":"b"}"#, "columns.metadata.a: "),
    (#""fields":{"metadata.a":"b"}"#, "fields.metadata.a: "),
  ])
  func `a job file that pays invoices has no metadata`(extra: String, path: String) {
    let text = jobFileText(
      "," + extra, operation: "invoices.pay",
      policy: #""allowed_operations":["invoices.pay","invoices.retrieve"],"caps":[CAP]"#)

    #expect(problems(of: text).count == 1)
    #expect(
      problems(of: text).first?.hasSuffix(
        path + "invoices.pay takes no metadata at Stripe: leave it out") == true)
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
              + "known are payment_intents.create, charges.create, invoices.pay, refunds.create",
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
