import Glibc
import HTTP
import Support
import Testing

struct HTTPClientTests {
  let server: StripeServer
  let client = HTTPClient(quick)

  init() throws { server = try StripeServer() }

  @Test func `an answer comes with its status, headers and body`() throws {
    let response = try #require(client.perform(get(server)).response)

    #expect(response.status == 200)
    #expect(response.headers["content-type"] == "application/json")
    #expect(response.headers["date"].flatMap(HTTPDate.milliseconds) != nil)
    #expect(response.text.contains(#""id": "cus_1""#))
  }

  @Test func `a POST carries its exact body and headers, and no others`() throws {
    _ = client.perform(post(server))

    let request = try #require(server.requests().first)
    #expect(request.method == "POST")
    #expect(request.body == "amount=100&currency=usd&customer=cus_1")
    #expect(
      Set(request.headers.keys) == [
        "host", "accept", "authorization", "content-type", "content-length", "idempotency-key",
      ])
  }

  @Test func `requests share one connection, a POST after a GET and a GET after a POST`() throws {
    for request in [get(server), post(server), get(server), post(server)] {
      #expect(client.perform(request).response?.status == 200)
    }

    let seen = try server.requests()
    #expect(seen.map(\.method) == ["GET", "POST", "GET", "POST"])
    #expect(Set(seen.map(\.connection)).count == 1)
  }

  @Test(arguments: [
    "reset", "close", "silence", "cut_body", "garbage", "huge", "huge_headers",
  ])
  func `what went wrong after the request may have gone is lost`(fault: String) throws {
    try server.script(fault: fault)

    let result = client.perform(post(server))

    #expect(result.isLost, "\(result)")
    #expect(try server.requests().count == 1)
  }

  @Test func `a connection reset before the request is read is no answer`() throws {
    try server.script(fault: "reset_early")

    let result = client.perform(post(server))

    #expect(result.isLost || result.isNeverSent, "\(result)")
    #expect(try server.requests().isEmpty)
  }

  @Test func `an answer that drips too slowly is lost`() throws {
    try server.script(fault: "drip")

    #expect(client.perform(post(server)).isLost)
  }

  @Test func `an answer cut in its headers looks like one without a body`() throws {
    try server.script(fault: "cut_headers")

    let response = try #require(client.perform(post(server)).response)

    #expect(response.status == 200)
    #expect(response.body.isEmpty)
  }

  @Test func `a body cut without a length looks like a whole one`() throws {
    try server.script(fault: "cut_open")

    let response = try #require(client.perform(post(server)).response)

    #expect(response.status == 200)
    #expect(!response.body.isEmpty)
    #expect(response.body.last != UInt8(ascii: "}"))
  }

  @Test func `100 Continue is not the answer`() throws {
    try server.script(fault: "continue")

    let response = try #require(client.perform(post(server)).response)

    #expect(response.status == 200)
    #expect(response.text.contains("succeeded"))
  }

  @Test func `a redirect is an answer, and the key does not go where it points`() throws {
    let elsewhere = try StripeServer()
    try server.script(#"[{"fault": "redirect", "location": "\#(elsewhere.url)/v1/charges"}]"#)

    let response = try #require(client.perform(post(server)).response)

    #expect(response.status == 307)
    #expect(try elsewhere.requests().isEmpty)
  }

  @Test func `a POST on a kept connection that closes is not sent again`() throws {
    _ = client.perform(post(server))
    try server.script(fault: "close")

    let result = client.perform(post(server))

    #expect(result.isLost, "\(result)")
    #expect(result.reason?.contains("curl 65") == true)
    let seen = try server.requests()
    #expect(seen.count == 2)
    #expect(seen.first?.connection == seen.last?.connection)
  }

  @Test func `a connection the server has closed is opened anew, with one POST`() throws {
    try server.script(fault: "hang_up")
    _ = client.perform(get(server))
    usleep(200_000)

    let result = client.perform(post(server))

    #expect(result.response?.status == 200)
    #expect(try server.requests().map(\.method) == ["GET", "POST"])
  }
}
