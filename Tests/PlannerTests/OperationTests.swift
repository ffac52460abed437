import Domain
import Planner
import Testing

@Suite struct OperationTests {
  @Test(arguments: [
    "account,amount,currency,invoice\ncus_1,1.99,usd,in_1\n",
    "account,amount,currency,invoice_id\ncus_1,1.99,usd,in_1\n",
    "account,amount,currency,invoice,invoice_number\ncus_1,1.99,usd,in_1,INV-1\n",
    "account,amount,currency,invoice_id,reference\ncus_1,1.99,usd,in_1,in_1\n",
    "account,amount,currency,invoice_id,reference\ncus_1,1.99,usd,in_1,\n",
  ])
  func `an invoice to be paid is its own reference, so that it is paid once`(plan: String) throws {
    let job = try #require(try jobs(plan, for: invoices()).first)

    #expect(job.operation == .invoicesPay)
    #expect(job.movement.invoice == "in_1")
    #expect(job.movement.charge == nil)
    #expect(job.reference == "in_1")
  }

  @Test func `a constant that names the reference finds the invoice`() throws {
    let plan = "account,amount,currency,invoice_id\ncus_1,1.99,usd,in_1\n"
    let jobFile = try invoices(#","fields":{"description":"Overdue {reference}"}"#)

    #expect(try jobs(plan, for: jobFile).first?.description == "Overdue in_1")
  }

  @Test func `an invoice may be paid with a payment method and carry a description`() throws {
    let plan =
      "account,amount,currency,invoice,payment_method,description\n"
      + "cus_1,1.99,usd,in_1,pm_1,October\n"

    let job = try #require(try jobs(plan, for: invoices()).first)

    #expect(job.paymentMethod == "pm_1")
    #expect(job.description == "October")
  }

  @Test(arguments: [
    ("account,amount,currency,reference\ncus_1,1.99,usd,r\n", "1:1: no column invoice (or "),
    ("account,amount,currency\ncus_1,1.99,usd\n", "1:1: no column invoice (or invoice_id): "),
    (
      "account,amount,currency,invoice,reference\ncus_1,1.99,usd,,r\n", "2:16: the invoice is empty"
    ),
    (
      "account,amount,currency,invoice\ncus_1,1.99,usd,INV-1\n",
      #"2:16: "INV-1" is no invoice: write its id, in_ and what follows"#
    ),
    (
      "account,amount,currency,invoice,reference\ncus_1,1.99,usd,in_1,r\n",
      #"2:21: an invoice is its own reference, so that it is paid once: leave "r" out"#
    ),
    (
      "account,amount,currency,invoice,reference\ncus_1,1.99,usd,in_1,\u{200B}\n",
      "2:21: the reference holds the invisible character U+200B"
    ),
    (
      "account,amount,currency,invoice,metadata.a\ncus_1,1.99,usd,in_1,\n",
      "1:33: invoices.pay takes no metadata at Stripe: leave it out"
    ),
    (
      "account,amount,currency,invoice,operation\ncus_1,1.99,usd,in_1,charges.create\n",
      #"2:21: the operation is "charges.create", the job file's is invoices.pay"#
    ),
  ])
  func `what cannot pay an invoice is named at its place`(plan: String, problem: String) throws {
    let found = problems(plan, for: try invoices())

    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(problem) == true, "\(found)")
  }

  @Test(arguments: [
    ("charge", "ch_1"), ("charge_id", "ch_1"), ("payment_intent", "pi_1"), ("charge", "pi_1"),
  ])
  func `a refund names the charge it gives back`(column: String, charge: String) throws {
    let plan = "account,amount,currency,reference,\(column)\ncus_1,1.99,usd,r,\(charge)\n"

    let job = try #require(try jobs(plan, for: refunds()).first)

    #expect(job.operation == .refundsCreate)
    #expect(job.movement.charge == charge)
    #expect(job.movement.invoice == nil)
    #expect(job.reference == "r")
  }

  @Test func `a refund's invoice number is its reference, as it is of a charge`() throws {
    let plan = "account,amount,currency,invoice_number,charge\ncus_1,1.99,usd,INV-1,ch_1\n"

    #expect(try jobs(plan, for: refunds()).first?.reference == "INV-1")
  }

  @Test(arguments: [
    ("cus_1,1.99,usd,r,,", "2:18: the charge is empty"),
    (
      "cus_1,1.99,usd,r,re_1,",
      #"2:18: "re_1" is no charge: write its id, which begins with ch_ or pi_"#
    ),
    ("cus_1,1.99,usd,,ch_1,", "2:16: the reference is empty"),
    (
      "cus_1,1.99,usd,r,ch_1,pm_1",
      "2:23: refunds.create sends the money back to where it came from; leave payment_method empty"
    ),
  ])
  func `what cannot be refunded is named at its place`(line: String, problem: String) throws {
    let plan = "account,amount,currency,reference,charge,payment_method\n\(line)\n"

    #expect(problems(plan, for: try refunds()) == [problem])
  }

  @Test func `a refund needs its charge and a reference of its own`() throws {
    #expect(
      problems("account,amount,currency,charge\ncus_1,1.99,usd,ch_1\n", for: try refunds()) == [
        "1:1: no column reference (or invoice, invoice_id, invoice_number): the header has "
          + #""account", "amount", "currency", "charge""#
      ])
    #expect(
      problems("account,amount,currency,reference\ncus_1,1.99,usd,r\n", for: try refunds()) == [
        "1:1: no column charge (or charge_id, payment_intent): the header has "
          + #""account", "amount", "currency", "reference""#
      ])
    #expect(
      problems("account,amount,currency,reference,charge_id,payment_intent\n", for: try refunds())
        == [
          "1:1: charge_id and payment_intent could both be the charge: say which in the job file's "
            + "columns"
        ])
  }

  @Test(arguments: [
    ("charges.retrieve", "pi_1", "payment_intents.retrieve"),
    ("payment_intents.retrieve", "ch_1", "charges.retrieve"),
  ])
  func `what is refunded must be allowed to be read`(
    allowed: String, charge: String, missing: String
  ) throws {
    let jobFile = try refunds(reads: "\"\(allowed)\"")
    let plan = "account,amount,currency,reference,charge\ncus_1,1.99,usd,r,\(charge)\n"

    #expect(
      problems(plan, for: jobFile) == [
        "2:18: the policy does not allow \(missing), which reads what is refunded"
      ])
  }

  @Test func `a column of another operation is one we do not know`() throws {
    let plan = "account,amount,currency,reference,charge,invoice\ncus_1,1.99,usd,r,x,y\n"

    let job = try #require(try jobs(plan).first)

    #expect(job.reference == "r")
    #expect(job.movement.charge == nil)
    #expect(job.movement.invoice == nil)
  }
}
