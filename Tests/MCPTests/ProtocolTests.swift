import Foundation
import Support
import Testing

@Suite struct ProtocolTests {
  private static let stateless =
    #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#

  @Test(arguments: [
    ("2024-11-05", "2024-11-05"), ("2025-11-25", "2025-11-25"), ("1999-01-01", "2025-11-25"),
  ])
  func `a handshake echoes a version that is known, and else offers the newest`(
    _ asked: String, _ given: String
  ) throws {
    let answers = try AgentHome().answers(to: [
      #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"\#(asked)","#
        + #""capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#,
      #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
      #"{"jsonrpc":"2.0","id":"p","method":"ping"}"#,
    ])

    #expect(answers.count == 2)
    #expect(
      answers[0].hasPrefix(
        #"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"\#(given)","capabilities":"#))
    #expect(answers[1] == #"{"jsonrpc":"2.0","id":"p","result":{}}"#)
  }

  @Test func `the stateless era needs no handshake, and says so in every result`() throws {
    let answers = try AgentHome().answers(to: [
      #"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{\#(Self.stateless)}}"#,
      #"{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{\#(Self.stateless)}}"#,
      #"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"list_batches","#
        + #"\#(Self.stateless)}}"#,
      #"{"jsonrpc":"2.0","id":4,"method":"ping","params":{\#(Self.stateless)}}"#,
      #"{"jsonrpc":"2.0","id":5,"method":"tools/list","params":{"_meta":"#
        + #"{"io.modelcontextprotocol/protocolVersion":"2099-01-01"}}}"#,
      #"{"jsonrpc":"2.0","id":6,"method":"tools/list"}"#,
    ])

    #expect(answers[0].contains(#""supportedVersions":["2026-07-28"]"#))
    for answer in answers[0...1] { #expect(answer.contains(#""ttlMs":0,"cacheScope":"private""#)) }
    for answer in answers[0...2] { #expect(answer.contains(#""resultType":"complete""#)) }
    #expect(answers[3].contains(#""code":-32601"#))
    #expect(
      answers[4]
        == #"{"jsonrpc":"2.0","id":5,"error":{"code":-32022,"message":"Unsupported protocol "#
        + #"version","data":{"supported":["2026-07-28"],"requested":"2099-01-01"}}}"#)
    #expect(!answers[5].contains("resultType"))
  }

  @Test(arguments: [
    ("0", "0"), (#""""#, #""""#), (#""a\"b""#, #""a\"b""#), (#""é""#, #""é""#), ("-7", "-7"),
    ("1.5", "1.5"), ("99999999999999999999", "99999999999999999999"), (#""0""#, #""0""#),
  ])
  func `an id comes back as it was sent`(_ id: String, _ same: String) throws {
    let answers = try AgentHome().answers(to: [
      #"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#
    ])

    #expect(answers == [#"{"jsonrpc":"2.0","id":\#(same),"result":{}}"#])
  }

  @Test(arguments: [
    ("{", "null", -32700), ("nonsense", "null", -32700), ("{\"a\":\"\u{1}\"}", "null", -32700),
    ("[]", "null", -32600), (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, "null", -32600),
    ("1", "null", -32600), ("{}", "null", -32600),
    (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "null", -32600),
    (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, "null", -32600),
    (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, "1", -32600),
    (#"{"jsonrpc":"2.0","id":1,"method":7}"#, "1", -32600),
    (#"{"jsonrpc":"2.0","id":1,"method":"prompts/list"}"#, "1", -32601),
    (#"{"jsonrpc":"2.0","id":1,"method":"notifications/initialized"}"#, "1", -32601),
    (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, "1", -32602),
    (#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#, "1", -32602),
    (#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}"#, "1", -32602),
    (#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, "1", -32602),
    (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"approve"}}"#, "1", -32602),
    (
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"submit","arguments":[]}}"#,
      "1", -32602
    ),
  ])
  func `what is no request is refused by its code, and the next one is served`(
    _ line: String, _ id: String, _ code: Int
  ) throws {
    let answers = try AgentHome().answers(to: [line, #"{"jsonrpc":"2.0","id":9,"method":"ping"}"#])

    #expect(answers.count == 2)
    #expect(
      answers[0].hasPrefix(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":\#(code),"message":""#),
      "\(answers[0])")
    #expect(answers[1] == #"{"jsonrpc":"2.0","id":9,"result":{}}"#)
  }

  /// The official client of JavaScript writes the id last.
  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":"a\"}","method":"tools/call","params":{"x":DEEP}}"#, #""a\"}""#),
    (#"{"method":"tools/call","params":{"x":"\ud83d","y":["}",{"id":7}]},"id":0}"#, "0"),
    (#"{"method":"tools/call","params":{"x":"\x"},"id":{}}"#, "null"),
    (#"{"id":1,"method":"tools/call","params":{"x":1,}"#, "null"),
    (#"{"id":1,"id":2,"method":"tools/call","x":"PADDING","params":{"x":1,}}"#, "null"),
  ])
  func `a request that is wrong inside is refused by its id, where that can be told`(
    _ line: String, _ id: String
  ) throws {
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    let padding = String(repeating: "x", count: 5000)

    let answers = try AgentHome().answers(to: [
      line.replacing("DEEP", with: deep).replacing("PADDING", with: padding)
    ])

    #expect(answers.count == 1)
    #expect(
      answers[0].hasPrefix(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32700,"message":""#),
      "\(answers[0])")
  }

  @Test func `a tool that takes no arguments is called with null, none or an empty object`() throws
  {
    let answers = try AgentHome().answers(
      to: ["", #","arguments":null"#, #","arguments":{}"#].map {
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_batches"\#($0)}}"#
      })

    #expect(answers.count == 3)
    #expect(answers.allSatisfy { $0.contains(#""isError":false"#) }, "\(answers)")
  }

  @Test func `null parameters are none, and a cursor that is empty is the first page`() throws {
    let answers = try AgentHome().answers(to: [
      #"{"jsonrpc":"2.0","id":1,"method":"ping","params":null}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":null}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":null}}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":""}}"#,
    ])

    #expect(answers.first == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
    #expect(answers.dropFirst().allSatisfy { $0.contains(#""tools":[{"name":"#) }, "\(answers)")
    #expect(Set(answers.dropFirst()).count == 1)
  }

  @Test func `notifications, answers and blank lines are never answered`() throws {
    let answers = try AgentHome().answers(to: [
      #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"x":"\ud83d"}}"#,
      #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
      #"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"plan_charge"}}"#,
      #"{"jsonrpc":"2.0","method":"no/such"}"#, #"{"jsonrpc":"2.0","id":4,"result":{}}"#,
      #"{"jsonrpc":"2.0","id":4,"error":{"code":1,"message":"x"}}"#, "", "  \r",
    ])

    #expect(answers == [])
  }

  @Test func `a line of 1 MiB is read, a longer one is refused and passed over`() throws {
    func ping(_ bytes: Int, _ id: String) -> String {
      let start = #"{"jsonrpc":"2.0",\#(id)"method":"ping","params":{"x":""#
      return start + String(repeating: "x", count: bytes - start.utf8.count - 3) + #""}}"#
    }

    let answers = try AgentHome().answers(to: [
      ping(1_048_576, #""id":1,"#), ping(1_048_577, #""id":2,"#), ping(1_048_577, ""),
      ping(10_000_000, #""id":"3","#), String(repeating: "x", count: 1_048_577),
      #"{"jsonrpc":"2.0","id":4,"method":"ping"}"#,
    ])

    func refused(_ id: String) -> String {
      #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32600,"message":"the line is longer than "#
        + #"1 MiB and was not read: send less at once, fewer jobs for example"}}"#
    }
    #expect(
      answers == [
        #"{"jsonrpc":"2.0","id":1,"result":{}}"#, refused("2"), refused(#""3""#), refused("null"),
        #"{"jsonrpc":"2.0","id":4,"result":{}}"#,
      ])
  }

  @Test func `each answer is there at once, and the end of input is the end`() throws {
    let home = try AgentHome()
    let conversation = try Conversation(home)

    try conversation.say(#"{"jsonrpc":"2.0","id":"x","method":"ping"}"#)

    #expect(try conversation.hear() == #"{"jsonrpc":"2.0","id":"x","result":{}}"#)
    #expect(try conversation.end() == 0)
    #expect(try home.states() == [:])
  }

  @Test func `bytes that are no text are refused`() throws {
    let home = try AgentHome()
    let outcome = try RunningProcess(
      [
        "sh", "-c",
        #"printf '{"jsonrpc":"2.0","id":1,"method":"\377"}\n' | "$0" mcp --job fees.json"#,
        Sluice.path,
      ], in: home.folder, environment: home.environment
    ).wait()

    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"#))
  }

  @Test(arguments: [
    ("--job none.json", 66), ("--job fees.json --job fees.json", 64), ("", 64),
    ("--job fees.json --home nowhere", 78),
  ])
  func `a server that cannot serve says so to whoever starts it`(
    _ options: String, _ status: Int32
  ) throws {
    let home = try AgentHome()

    let outcome = try RunningProcess(
      [Sluice.path, "mcp"] + options.split(separator: " ").map(String.init), in: home.folder,
      environment: home.environment
    ).wait()

    #expect(outcome.status == status)
    #expect(outcome.output == "")
    #expect(outcome.error.hasPrefix("sluice: "))
  }
}
