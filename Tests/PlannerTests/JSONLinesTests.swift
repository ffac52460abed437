import Domain
import Planner
import System
import Testing

@Suite struct JSONLinesTests {
  @Test func `every field of a line becomes a field of its job`() throws {
    let plan = #"""
      {"account":"cus_1","amount":"19.99","currency":"usd","reference":"INV-1",\#
      "description":"Fees, \u00e9","payment_method":"pm_1","operation":"payment_intents.create",\#
      "reason":"15 days","metadata":{"b":"2","a":"1"},"metadata.c":"3"}
      """#
    let usd = try #require(Currency("usd"))

    let jobs = try jobs(plan, for: intents())

    #expect(
      jobs == [
        PlannedJob(
          number: 1, line: 1,
          movement: Movement(
            operation: .paymentIntentsCreate, account: "cus_1",
            amount: Money(minorUnits: 1999, currency: usd)),
          reference: "INV-1", description: "Fees, é", paymentMethod: "pm_1", reason: "15 days",
          metadata: [
            MetadataEntry(key: "a", value: "1"), MetadataEntry(key: "b", value: "2"),
            MetadataEntry(key: "c", value: "3"),
          ])
      ])
  }

  @Test func `a line of CSV and its line of JSON make the same job`() throws {
    let csv = "Customer ID,amount_minor,currency,Invoice Number,note\ncus_1,199, USD ,r,x\n"
    let json =
      #"{"Customer ID":"cus_1","amount_minor":199,"currency":" USD ","Invoice Number":"r","#
      + #""note":"x"}"#
    let jobFile = try jobFile(
      #","columns":{"description":"NOTE"},"fields":{"reason":"{note} {reference}"}"#)

    let fromCSV = try #require(try jobs(csv, for: jobFile).first)
    let fromJSON = try #require(try jobs(json, for: jobFile).first)

    #expect(fromJSON.movement == fromCSV.movement)
    #expect(fromJSON.reference == "r")
    #expect(fromJSON.description == fromCSV.description)
    #expect(fromJSON.reason == "x r")
  }

  @Test(arguments: [1, 2, 3, 7, 65_536])
  func `lines are read, however the file is cut into pieces`(chunkBytes: Int) throws {
    let text = "\u{FEFF}\r\n{\"a\":\"é\"}\r\n\n  \t\n{\"b\":null , \"a\":\"\"}\n{}"
    var reader = JSONLinesReader(
      InputFile(bytes: Array(text.utf8), name: "x"), chunkBytes: chunkBytes)
    var lines: [String] = []

    while case .record = try reader.next() {
      let pairs = (0..<reader.record.count).map { field in
        "\(reader.names.text(of: field))=\(reader.record.text(of: field))"
      }
      lines.append("\(reader.record.line) \(pairs.joined(separator: " "))")
    }

    #expect(lines == ["2 a=é", "5 b= a=", "6 "])
  }

  @Test func `each line has its own keys`() throws {
    let plan = """
      {"account":"cus_1","amount":"1.00","currency":"usd","reference":"a"}
      {"account":"cus_1","amount":"1.00","currency":"usd","reference":"b"}
      {"reference":"c","currency":"usd","amount_minor":300,"customer":"cus_3","reason":"x"}
      {"account":"cus_4","amount":"4.00","currency":"usd","invoice":"d","reason":null}
      {"account":"cus_1","amount":"5.00","currency":"usd","reference":"e"}
      """

    let jobs = try jobs(plan)

    #expect(jobs.map(\.reference) == ["a", "b", "c", "d", "e"])
    #expect(jobs.map(\.account) == ["cus_1", "cus_1", "cus_3", "cus_4", "cus_1"])
    #expect(jobs.map(\.amount.minorUnits) == [100, 100, 300, 400, 500])
    #expect(jobs.map(\.reason) == [nil, nil, "x", nil, nil])
  }

  @Test func `a line that breaks off between its keys does not lend them to the next`() throws {
    let plan = """
      {"account":"cus_1","amount":"1.00","currency":"usd","reference":"a"}
      {"account":"cus_1","metadata":1,"currency":"usd","reference":"a"}
      {"account":"cus_1"}
      {"account":"cus_1","amount":"1.00","currency":"usd","reference":"b"}
      """

    #expect(
      problems(plan).map { $0.prefix(4) } == ["2:31", "3:1:", "3:1:", "3:1:"])
  }

  @Test(arguments: [
    (
      #""amount":19.99"#,
      #"1:11: the amount must be text: write "19.99", or give amount_minor"#
    ),
    (#""amount":1999"#, #"1:11: the amount must be text: write "19.99", or give amount_minor"#),
    (#""amount":true"#, "1:11: the amount must be text, not a boolean"),
    (#""amount":"1999""#, #"1:11: "1999" could mean 19.99 or 1999.00 usd; write one of them"#),
    (#""amount":null"#, "1:11: the amount is empty"),
    (
      #""amount_minor":1.5"#,
      #"1:17: amount_minor must be an integer of minor units, not "1.5""#
    ),
    (
      #""amount_minor":1e3"#,
      #"1:17: amount_minor must be an integer of minor units, not "1e3""#
    ),
    (#""amount_minor":-5"#, #"1:17: amount_minor must be positive, not "-5""#),
    (
      #""amount_minor":99999999999999999999"#, #"1:17: "99999999999999999999" is too large"#
    ),
    (#""amount_minor":[1]"#, "1:17: the amount_minor must be text, not an array"),
    (#""amount":"1.00","amount_minor":100"#, "1:33: amount and amount_minor are both filled"),
    (#""amount":"1.00","reference":7"#, "1:30: the reference must be text, not an integer"),
    (#""amount":"1.00","reason":1.5"#, "1:27: the reason must be text, not a number"),
    (#""amount":"1.00","reason":false"#, "1:27: the reason must be text, not a boolean"),
    (#""amount":"1.00","reason":{"a":1}"#, "1:27: the reason must be text, not an object"),
    (
      #""amount":"1.00","metadata":{"é":1}"#,
      "1:34: the metadata.é must be text, not an integer"
    ),
    (
      #""amount":"1.00","metadata":["a"]"#,
      "1:29: metadata must be an object of texts, not an array"
    ),
    (
      #""amount":"1.00","metadata":{"sluice_x":"1"}"#,
      #"1:30: the metadata key "sluice_x" is ours"#
    ),
    (
      #""amount":"1.00","metadata":{},"metadata":{}"#, "1:32: the key metadata stands here twice"
    ),
    (
      #""amount":"1.00","metadata":{"a":"1"},"metadata.a":"2""#,
      #"1:39: the key "metadata.a" stands here twice: it is key 2 already"#
    ),
    (
      #""amount":"1.00","amount":"2.00""#,
      #"1:18: the key "amount" stands here twice: it is key 1 already"#
    ),
    (
      #""amount":"1.00","Amount":"2.00""#,
      #"1:18: the key "Amount" stands here twice: it is key 1 already"#
    ),
    (
      #""amount":"1.00","reason":"a\u0000b""#, "1:27: the reason holds the control character U+0000"
    ),
    (#""amount":"1.00","curency":"eur""#, #"1:18: the key "curency" is nearly currency: rename"#),
    (
      #""amount":"1.00","reason":"\ud800""#,
      "1:28: half of a surrogate pair stands alone"
    ),
    (
      #""amount":"1.00" "reason":"a""#, #"1:18: expected "," or "}", found a double quote"#
    ),
  ])
  func `a wrong value is named at its place`(members: String, problem: String) throws {
    let reference = members.contains("reference") ? "" : #","reference":"r""#
    let jobFile = try jobFile(#","currency":"usd""#)

    let found = problems("{\(members),\"account\":\"cus_1\"\(reference)}", for: jobFile)

    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix(problem) == true, "\(found)")
  }

  @Test(arguments: [
    ("{", "1:2: expected a key in double quotes, found the end"),
    ("{}{}", "1:3: expected the end after the value, found \"{\""),
    ("{\"a\":\"b", "1:8: the string is not closed"),
    ("{\"a\":\0}", "1:6: expected a value, found the byte 0x00"),
    ("{\"a\":\"\0\"}", "1:7: a control character in a string must be written as an escape"),
    (
      "{\"a\":" + String(repeating: "[", count: 100_000),
      "1:69: arrays and objects nest too deep"
    ),
  ])
  func `what is no JSON is named at its place`(plan: String, problem: String) {
    #expect(problems(plan) == [problem])
  }

  @Test(arguments: [("[1]", "an array"), ("7", "an integer"), ("\"a\"", "a string")])
  func `a line that is no object is named`(line: String, kind: String) throws {
    let fault = try #require(refusal(of: "{}\n \(line)\n", for: jobFile()))

    #expect(fault.details.last == "plan.csv:2:2: each line must be an object, not \(kind)")
  }

  @Test(arguments: [[0xC3], [0x80], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80]] as [[UInt8]])
  func `bytes that are no UTF-8 are named with their place`(bytes: [UInt8]) throws {
    let plan = Array("{\"é\":\"é".utf8) + bytes + Array("\"}\n{\"a\":\"".utf8) + bytes

    let fault = try #require(refusal(of: plan, for: jobFile()))

    #expect(fault.details.first == "plan.csv:1:8: invalid UTF-8")
    #expect(fault.details.count == 2)
  }

  @Test func `a missing key is named on every line that lacks it`() throws {
    let plan = """
      {"account":"cus_1","amount":"1.00","currency":"usd"}

      {"account":"cus_1","amount":"1.00","currency":"usd"}
      """

    #expect(
      problems(plan)
        == [1, 3].map { line in
          "\(line):1: no key reference (or invoice, invoice_id, invoice_number): the line has "
            + #""account", "amount", "currency""#
        })
  }

  @Test func `a hundred lines that lack a key are listed and the rest is counted`() throws {
    let line = #"{"account":"cus_1","amount":"1.00"}"# + "\n"

    let fault = try #require(refusal(of: String(repeating: line, count: 700), for: jobFile()))

    #expect(fault.message == "plan.csv: 1,400 problems")
    #expect(fault.details.count == 101)
    #expect(fault.details[99].hasPrefix("plan.csv:50:1: "))
  }

  @Test func `a key that the job file names must be there, null when it is empty`() throws {
    let jobFile = try jobFile(
      #","currency":"usd","columns":{"description":"memo"},"fields":{"reason":"{why}"}"#)
    let line = { (more: String) in
      #"{"account":"cus_1","amount":"1.00","reference":"r"\#(more)}"#
    }

    let job = try jobs(line(#","memo":null,"why":null"#), for: jobFile).first

    #expect(job?.description == nil && job?.reason == nil)
    #expect(
      problems(line(""), for: jobFile).map { $0.prefix(24) } == [
        #"1:1: no key "memo", whic"#, "1:1: no key for {why} in",
      ])
    #expect(
      problems(line(#","memo":"m","why":3"#), for: jobFile) == [
        "1:69: the reason must be text, not an integer"
      ])
  }

  @Test func `metadata of an invoice is named at its key`() throws {
    let line =
      {
        #"{"account":"cus_1","amount":"1.00","currency":"usd","invoice":"in_1","metadata":\#($0)}"#
      } as (String) -> String

    #expect(try jobs(line("{}"), for: invoices()).first?.reference == "in_1")
    #expect(
      problems(line(#"{"a":"1"}"#), for: try invoices()) == [
        "1:82: invoices.pay takes no metadata at Stripe: leave it out"
      ])
  }

  @Test func `values of keys that mean nothing to us may be of any kind`() throws {
    let plan =
      #"{"account":"cus_1","amount":"1.00","currency":"usd","reference":"r","#
      + #""days":15,"open":true,"lines":[{"a":1,"a":2}],"address":{},"tax":1.5,"metadata":{}}"#

    #expect(try jobs(plan).count == 1)
  }

  @Test func `a value of 64 KiB is read and a longer one is a problem`() throws {
    let line = { (count: Int) in
      #"{"account":"cus_1","amount":"1.00","currency":"usd","reference":"r","note":""#
        + String(repeating: "x", count: count) + "\"}\n"
    }

    #expect(try jobs(line(65_536)).count == 1)
    #expect(problems(line(65_537)) == ["1:76: the value is longer than 64 KiB"])
  }

  @Test func `a line of 1 MiB is read, and a longer one is passed over whole`() throws {
    let good = #"{"account":"cus_1","amount":"1.00","currency":"usd","reference":"r"}"#
    let spaces = { String(repeating: " ", count: 1_048_576 - good.utf8.count + $0) }

    #expect(try jobs(good + spaces(0) + "\n" + good).count == 2)
    #expect(
      problems(good + spaces(1) + "\nx\n") == [
        "1:1: the line is longer than 1 MiB", "2:1: expected a value, found \"x\"",
      ])
    #expect(
      problems("{" + String(repeating: "x", count: 5_000_000)) == [
        "1:1: the line is longer than 1 MiB"
      ])
  }

  @Test func `a line has at most a thousand keys`() throws {
    let keys = { (count: Int) in (0..<count).map { ",\"k\($0)\":1" }.joined() }
    let line = { (count: Int) in
      #"{"account":"cus_1","amount":"1.00","currency":"usd","reference":"r"\#(keys(count))}"#
    }

    #expect(try jobs(line(996)).count == 1)
    #expect(problems(line(997)).first?.hasSuffix(": more than 1,000 keys") == true)
  }

  @Test func `a secret is never shown, neither as a key nor as a value`() throws {
    let plan =
      #"{"account":"sk_live_abcdefgh1234","amount":"1.00","currency":"usd","#
      + #""rk_live_abcdefgh1234":"x"}"#
      + "\n"
      + #"{"account":"4242424242424242","amount":"1.00","currency":"usd","reference":"r"}"#

    let found = problems(plan)

    #expect(found.count == 2)
    #expect(!found.joined().contains("abcdefgh1234"))
    #expect(!found.joined().contains("4242424242424242"))
  }

  @Test(arguments: 0..<40)
  func `no bytes crash the reader, and pieces change nothing`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pieces =
      [
        "{", "}", "\"account\"", ":", ",", "\"cus_1\"", "\"amount\"", "\"1.00\"", "\n", "\r\n",
        "null",
        "[", "]", "\"metadata\"", "1", "-", "1e9", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\\", "\"",
        " ",
        "\0", "true", "\u{FEFF}",
      ].map { Array($0.utf8) } + [[0xC3], [0x80], [0xF0, 0x9F], [0xFF]]
    for _ in 0..<100 {
      let plan =
        Array("{".utf8)
        + (0..<Int.random(in: 0...40, using: &random)).flatMap { _ in
          pieces.randomElement(using: &random) ?? []
        }

      let whole = steps(of: plan, chunkBytes: 65_536)

      #expect(whole == steps(of: plan, chunkBytes: Int.random(in: 1...5, using: &random)))
      #expect(refusal(of: plan, for: try jobFile()) != nil)
    }
  }

  private func steps(of plan: [UInt8], chunkBytes: Int) -> [PlanStep] {
    var reader = JSONLinesReader(InputFile(bytes: plan, name: "x"), chunkBytes: chunkBytes)
    var steps: [PlanStep] = []
    while let step = try? reader.next(), step != .end { steps.append(step) }
    return steps
  }
}

@Suite struct PlanFormatTests {
  @Test(arguments: ["", "\u{FEFF}", "\n\r\n \t", "\u{FEFF}\n"])
  func `a brace at the beginning tells JSON Lines, anything else CSV`(start: String) throws {
    let json = #"{"account":"cus_1","amount":"1.00","currency":"usd","reference":"r"}"#
    let csv = "account,amount,currency,reference\ncus_1,1.00,usd,r\n"

    #expect(try jobs(start + json).count == 1)
    #expect(try jobs(start + csv).count == 1)
  }

  @Test func `a format that is given is not guessed`() throws {
    let csv = "{,account,amount,currency,reference\nx,cus_1,1.00,usd,r\n"
    let jobFile = try jobFile()

    #expect(refusal(of: csv, as: .csv, for: jobFile) == nil)
    #expect(refusal(of: csv, for: jobFile)?.details.count == 2)
    #expect(
      refusal(of: "account\n", as: .jsonLines, for: jobFile)?.details == [
        "plan.csv:1:1: expected a value, found \"a\""
      ])
    #expect(
      refusal(of: " \n\n", as: .jsonLines, for: jobFile)?.details == [
        "plan.csv:1:1: the file is empty"
      ])
    #expect(refusal(of: " \n\n", as: .jsonLines, for: jobFile)?.exit == .badData)
  }

  @Test(arguments: ["[{}]", "[\n  {\"account\":\"cus_1\"}]", "\u{FEFF} [ {"])
  func `an array of objects is no JSON Lines, and how to write it is said`(plan: String) throws {
    let fault = refusal(of: plan, for: try jobFile())

    #expect(fault?.exit == .badData)
    #expect(fault?.message == "plan.csv is a JSON array, not JSON Lines")
    #expect(fault?.hint?.hasPrefix("write one object a line") == true)
  }

  @Test func `UTF-16 is no JSON Lines`() throws {
    let fault = refusal(of: [0xFF, 0xFE, 0x7B, 0x00], as: .jsonLines, for: try jobFile())

    #expect(fault?.message == "plan.csv is UTF-16 text, not JSON Lines")
  }
}
