import Domain
import Planner
import System
import Testing

@Suite struct PlanReaderTests {
  @Test func `every field of a line becomes a field of its job`() throws {
    let plan = """
      account,amount,currency,reference,description,payment_method,operation,reason,metadata.Plan
      cus_1,19.99,usd,INV-1,"Fees, October",pm_1,payment_intents.create,15 days overdue,pro
       cus_2 , 0.50 , USD , INV-2 ,,,,,
      """
    let usd = try #require(Currency("usd"))

    let jobs = try jobs(plan, for: intents())

    #expect(
      jobs == [
        PlannedJob(
          number: 1, line: 2,
          movement: Movement(
            operation: .paymentIntentsCreate, account: "cus_1",
            amount: Money(minorUnits: 1999, currency: usd)),
          reference: "INV-1", description: "Fees, October",
          paymentMethod: "pm_1", reason: "15 days overdue",
          metadata: [MetadataEntry(key: "Plan", value: "pro")]),
        PlannedJob(
          number: 2, line: 3,
          movement: Movement(
            operation: .paymentIntentsCreate, account: "cus_2",
            amount: Money(minorUnits: 50, currency: usd)),
          reference: "INV-2", description: nil,
          paymentMethod: nil, reason: nil, metadata: []),
      ])
  }

  @Test(arguments: [
    "account,amount,currency,reference\ncus_1,1.99,usd,r1\n",
    "ACCOUNT , Amount,currency,Reference\ncus_1,1.99,usd,r1\n",
    "customer,amount,currency,invoice\ncus_1,1.99,usd,r1\n",
    "Customer ID,amount_minor,currency,Invoice Number\ncus_1,199,usd,r1\n",
    "customer_id,amount,amount_minor,currency,invoice_id\ncus_1,,199,usd,r1\n",
    "name,customer_id,reference,invoice_number,amount,currency,due,total\n"
      + "\"A\nB\",cus_1,r1,INV-1,1.99,usd,x,9\n",
  ])
  func `a billing system's own names for columns are understood`(plan: String) throws {
    let job = try #require(try jobs(plan).first)

    #expect(job.account == "cus_1")
    #expect(job.reference == "r1")
    #expect(job.amount.minorUnits == 199)
  }

  @Test func `the job file maps columns, and its constants know the line's`() throws {
    let jobFile = try jobFile(
      #","currency":"usd","columns":{"reference":"Period","metadata.plan":"tier"},"#
        + #""fields":{"description":"Fees {reference} for {Full Name}","metadata.run":"7","#
        + #""reason":""}"#)
    let plan = """
      customer,amount,period,reference,full name,tier,reason
      cus_1,1.99,2026-10,x,Zoë,pro,y
      """

    let job = try #require(try jobs(plan, for: jobFile).first)

    #expect(job.reference == "2026-10")
    #expect(job.description == "Fees 2026-10 for Zoë")
    #expect(job.reason == nil)
    #expect(
      job.metadata == [
        MetadataEntry(key: "plan", value: "pro"), MetadataEntry(key: "run", value: "7"),
      ])
  }

  @Test(arguments: [
    (
      "acount,amount,currency,reference",
      [
        "1:1: no column account (or customer, customer_id): the header has \"acount\", "
          + "\"amount\", \"currency\", \"reference\"; did you mean \"acount\"?"
      ]
    ),
    (
      "account,total,reference",
      [
        "1:1: no column amount (or amount_minor): the header has \"account\", \"total\", "
          + "\"reference\"",
        "1:1: no column currency: the header has \"account\", \"total\", \"reference\"",
      ]
    ),
    (
      "account,amount,currency",
      [
        "1:1: no column reference (or invoice, invoice_id, invoice_number): the header has "
          + "\"account\", \"amount\", \"currency\""
      ]
    ),
    (
      "account,amount,currency,invoice,invoice_id",
      [
        "1:1: invoice and invoice_id could both be the reference: say which in the job file's "
          + "columns"
      ]
    ),
    (
      "account,amount,currency,reference,Amount",
      ["1:35: the column \"Amount\" stands here twice: it is column 2 already"]
    ),
    (
      "account,amount,curency,reference",
      [
        "1:16: the column \"curency\" is nearly currency: rename it, or say in the job file's "
          + "columns which column is the currency"
      ]
    ),
    (
      "account,amount,currency,reference,payment method,paymentmethod,metadata.sluice_job",
      ["1:64: the metadata key \"sluice_job\" is ours: keys do not begin with sluice_"]
    ),
    (
      "account,amount,currency,reference,metadata.rk_test_abcdefgh1234",
      [
        "1:35: a metadata key looks like it holds an API key or a card number, which must not be "
          + "stored"
      ]
    ),
    (
      "account,amount,currency,reference,metadata.,metadata.a[b]",
      [
        "1:35: \"metadata.\" needs a key behind its dot",
        "1:45: the metadata key \"a[b]\" holds a square bracket or an invisible character",
      ]
    ),
    (
      "account,amount,currency,sk_live_abcdefgh1234",
      [
        "1:1: no column reference (or invoice, invoice_id, invoice_number): the header has "
          + "\"account\", \"amount\", \"currency\", (a secret, not shown)"
      ]
    ),
    ("account,\"amount", ["1:9: the double quote that opens here is never closed"]),
    ("", ["1:1: the file is empty"]),
    ("account,amount,currency,reference", ["1:1: there is nothing below the header"]),
  ])
  func `a header that cannot be understood is named`(header: String, expected: [String]) {
    #expect(problems(header) == expected)
  }

  @Test func `a column or a brace of the job file that the header lacks is named`() throws {
    let jobFile = try jobFile(
      #","currency":"usd","columns":{"reference":"invoice_no"},"fields":{"reason":"{nmae}"}"#)

    #expect(
      problems("account,amount,invoice_num,name\ncus_1,1.99,r,n\n", for: jobFile) == [
        "1:1: no column \"invoice_no\", which the job file's columns give as reference: the header "
          + "has \"account\", \"amount\", \"invoice_num\", \"name\"; did you mean \"invoice_num\"?",
        "1:1: no column for {nmae} in the job file's fields.reason: the header has \"account\", "
          + "\"amount\", \"invoice_num\", \"name\"; did you mean \"name\"?",
      ])
  }

  @Test(arguments: [
    (",1.99,usd,r,,,,,", "2:1: the account is empty"),
    (
      "acct_1,1.99,usd,r,,,,,",
      "2:1: \"acct_1\" is no account: write the customer's id, cus_ and what follows"
    ),
    (
      "cus_,1.99,usd,r,,,,,",
      "2:1: \"cus_\" is no account: write the customer's id, cus_ and what follows"
    ),
    (
      "cus_é,1.99,usd,r,,,,,",
      "2:1: \"cus_é\" is no account: write the customer's id, cus_ and what follows"
    ),
    ("cus_1,,usd,r,,,,,", "2:7: the amount is empty"),
    ("cus_1,19.999,usd,r,,,,,", "2:7: usd amounts have exactly 2 decimals, \"19.999\" has 3"),
    (
      "cus_1,1990,usd,r,,,,,",
      "2:7: \"1990\" could mean 19.90 or 1990.00 usd; write one of them"
    ),
    ("cus_1,-5.00,usd,r,,,,,", "2:7: the amount must be more than zero, not \"-5.00\""),
    ("cus_1,1.99,usd,r,199,,,,", "2:18: amount and amount_minor are both filled: keep one"),
    (
      "cus_1,,usd,r,1.99,,,,",
      "2:14: amount_minor must be an integer of minor units, not \"1.99\""
    ),
    ("cus_1,1.99,,r,,,,,", "2:12: the currency is empty, and the job file names none"),
    ("cus_1,1.99,usdd,r,,,,,", "2:12: unknown currency \"usdd\""),
    ("cus_1,1.99,eur,r,,,,,", "2:12: no batch cap in eur: the policy has one in usd"),
    ("cus_1,1.99,usd,\" \",,,,,", "2:16: the reference is empty"),
    (
      "cus_1,1.99,usd,r\u{200B},,,,,",
      "2:16: the reference holds the invisible character U+200B"
    ),
    (
      "cus_1,1.99,usd,r\u{A0}1,,,,,",
      "2:16: the reference holds the invisible character U+00A0"
    ),
    (
      "cus_1,1.99,usd,cafe\u{301},,,,,",
      "2:16: the reference is not in Unicode's composed form (NFC), which has U+00E9 where this "
        + "has U+0065: write it in that form"
    ),
    (
      "cus_1,1.99,usd,5\u{212B},,,,,",
      "2:16: the reference is not in Unicode's composed form (NFC), which has U+00C5 where this "
        + "has U+212B: write it in that form"
    ),
    ("cus_1,1.99,usd,\"r\n1\",,,,,", "2:16: the reference holds the control character line break"),
    ("cus_1,1.99,usd,r,,a\u{1B}b,,,", "2:19: the description holds the control character U+001B"),
    ("cus_1,1.99,usd,r,,a\u{9B}b,,,", "2:19: the description holds the control character U+009B"),
    (
      "cus_1,1.99,usd,r,,,visa,,",
      "2:20: \"visa\" is no payment method: write its id, which begins with pm_, card_ or src_"
    ),
    (
      "cus_1,1.99,usd,r,,,,charges.create,",
      "2:21: the operation is \"charges.create\", the job file's is payment_intents.create"
    ),
    (
      "cus_1,1.99,usd,r,,,,,4242 4242 4242 4242",
      "2:22: the metadata.x looks like it holds a card number, which must not be stored"
    ),
    (
      "4242424242424242,1.99,usd,r,,,,,",
      "2:1: the account looks like it holds a card number, which must not be stored"
    ),
    (
      "cus_1,4242424242424242,usd,r,,,,,",
      "2:7: the amount looks like it holds a card number, which must not be stored"
    ),
    (
      "cus_1,1.99,usd,4242424242424242,,,,,",
      "2:16: the reference looks like it holds a card number, which must not be stored"
    ),
    (
      "sk_live_abcdefgh1234,1.99,usd,r,,,,,",
      "2:1: the account looks like it holds an API key, which must not be stored"
    ),
    (
      "cus_1,1.99,usd,r,,see rk_test_abcdefgh1234,,,",
      "2:19: the description looks like it holds an API key, which must not be stored"
    ),
  ])
  func `a wrong field is named at its place`(line: String, problem: String) throws {
    let header =
      "account,amount,currency,reference,amount_minor,description,payment_method"
      + ",operation,metadata.x\n"

    #expect(problems(header + line + "\n", for: try intents()) == [problem])
  }

  @Test(arguments: [
    ("reference", 200, "the reference has 201 characters, 200 is the most"),
    ("description", 500, "the description has 501 characters, 500 is the most"),
    ("reason", 500, "the reason has 501 characters, 500 is the most"),
    ("metadata.k", 500, "the metadata.k has 501 characters, 500 is the most"),
  ])
  func `a text has its limit in characters`(column: String, most: Int, problem: String) throws {
    let other = column == "reference" ? "" : ",reference"
    let header = "account,amount,currency,\(column)\(other)\n"
    let line = { (count: Int) in
      "cus_1,1.99,usd,\(String(repeating: "é", count: count))\(other.isEmpty ? "" : ",r")\n"
    }

    #expect(try jobs(header + line(most)).count == 1)
    #expect(problems(header + line(most + 1)) == ["2:16: " + problem])
  }

  @Test func `metadata has at most 48 keys of at most 40 characters`() throws {
    let header = { (keys: [String]) in
      "account,amount,currency,reference," + keys.map { "metadata." + $0 }.joined(separator: ",")
        + "\ncus_1,1.99,usd,r" + String(repeating: ",v", count: keys.count) + "\n"
    }
    let long = String(repeating: "k", count: 40)

    #expect(try jobs(header((1...48).map { "k\($0)" })).first?.metadata.count == 48)
    #expect(
      problems(header((1...49).map { "k\($0)" })) == ["1:1: 49 metadata keys, 48 is the most"])
    #expect(try jobs(header([long])).count == 1)
    #expect(
      problems(header([long + "k"])) == [
        "1:35: the metadata key \"\(long)k\" is longer than 40 characters"
      ])
  }

  @Test func `charges.create takes no payment method`() throws {
    let plan = "account,amount,currency,reference,payment_method\ncus_1,1.99,usd,r,pm_1\n"

    #expect(
      problems(plan) == [
        "2:18: charges.create charges the customer's default source; leave payment_method empty or "
          + "use payment_intents.create"
      ])
    #expect(
      try jobs(plan, for: jobFile(#","fields":{"payment_method":""}"#)).first?.paymentMethod == nil)
  }

  @Test func `without leave to read customers every line names its payment method`() throws {
    let jobFile = try jobFile(
      operation: "payment_intents.create",
      policy: #""allowed_operations":["payment_intents.create"],"caps":[CAP]"#)

    #expect(
      problems("account,amount,currency,reference\ncus_1,1.99,usd,r\n", for: jobFile) == [
        "1:1: no column payment_method, and the policy does not allow customers.retrieve, which "
          + "finds the default: the header has \"account\", \"amount\", \"currency\", \"reference\""
      ])
    #expect(
      problems(
        "account,amount,currency,reference,payment_method\ncus_1,1.99,usd,r,\n", for: jobFile) == [
          "2:18: the payment_method is empty, and the policy does not allow customers.retrieve, "
            + "which finds the default"
        ])
  }

  @Test func `everything wrong is listed, in order, with nothing counted`() throws {
    let plan = """
      account,amount,currency,reference
      x,1.999,usd,
      cus_1,1.99,usd
      cus_1,1.99,usd,r
      """

    let fault = try #require(refusal(of: plan, for: jobFile()))

    #expect(fault.exit == .badData)
    #expect(fault.message == "plan.csv: 4 problems")
    #expect(fault.hint == "nothing is queued; correct the file and submit it again")
    #expect(
      fault.details.map { $0.prefix(14) } == [
        "plan.csv:2:1: ", "plan.csv:2:3: ", "plan.csv:2:13:", "plan.csv:3:1: ",
      ])
  }

  @Test func `a hundred problems are listed and the rest is counted`() throws {
    let lines = String(repeating: "x,1.99,usd,r\n", count: 1234)
    let plan = "account,amount,currency,reference\n" + lines

    let fault = try #require(refusal(of: plan, for: jobFile()))

    #expect(fault.message == "plan.csv: 1,234 problems")
    #expect(fault.details.count == 101)
    #expect(fault.details.last == "... and 1,134 more")
  }

  @Test func `a reference the queue knows is reported at its column`() throws {
    var seen: Set<String> = []
    let plan = "account,amount,currency,reference\ncus_1,1.99,usd,r\ncus_1,1.99,usd,r\n"

    let fault = try #require(
      refusal(of: plan, for: jobFile()) { job in
        seen.insert(job.reference).inserted ? nil : "the reference is line 2's already"
      })

    #expect(fault.details == ["plan.csv:3:16: the reference is line 2's already"])
  }

  @Test func `a fault of the queue ends the reading`() throws {
    let plan = "account,amount,currency,reference\ncus_1,1.99,usd,r\n"
    let full = Fault(.storage, "the disk is full")

    let fault = refusal(of: plan, for: try jobFile()) { _ throws(Fault) in throw full }

    #expect(fault == full)
  }
}
