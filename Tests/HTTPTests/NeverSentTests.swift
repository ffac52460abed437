import Glibc
import HTTP
import Support
import Testing

struct NeverSentTests {
  let client = HTTPClient(quick)

  @Test func `a refused connection sent nothing, even after a request that did`() throws {
    let server = try StripeServer()
    #expect(client.perform(post(server)).response != nil)
    server.stop()

    let fresh = HTTPClient(quick)

    #expect(fresh.perform(post(server)).isNeverSent)
    _ = client.perform(get(server))
    #expect(client.perform(post(server)).isNeverSent)
  }

  @Test func `a name that does not resolve sent nothing`() {
    let request = HTTPRequest(
      method: .post, url: "http://nowhere.invalid/v1/charges", headers: [], body: [0x61])

    #expect(client.perform(request).isNeverSent)
  }

  @Test func `a connection that is never made sent nothing`() throws {
    let server = try StripeServer(deaf: true)
    defer { server.stop() }

    let result = client.perform(post(server))

    #expect(result.isNeverSent, "\(result)")
    #expect(result.reason?.contains("curl 28") == true, "\(result)")
  }

  @Test func `a certificate that is not trusted sent nothing`() throws {
    let server = try StripeServer(certificate: TestCertificate(for: "IP:127.0.0.1"))

    let result = client.perform(post(server))

    #expect(result.isNeverSent, "\(result)")
    #expect(try server.requests().isEmpty)
  }

  @Test func `a certificate for another host sent nothing`() throws {
    let certificate = try TestCertificate(for: "DNS:other.example")
    let server = try StripeServer(certificate: certificate)
    defer { server.stop() }
    var options = quick
    options.authorityFile = certificate.certificateFile

    #expect(HTTPClient(options).perform(post(server)).isNeverSent)
  }

  @Test func `the right certificate is trusted, without plain http`() throws {
    let certificate = try TestCertificate(for: "IP:127.0.0.1")
    let server = try StripeServer(certificate: certificate)
    defer { server.stop() }
    var options = quick
    options.allowsPlainHTTP = false
    options.authorityFile = certificate.certificateFile

    #expect(HTTPClient(options).perform(post(server)).response?.status == 200)
  }

  @Test(arguments: [
    "http://127.0.0.1:1/", "file:///etc/passwd", "https://user:secret@127.0.0.1:1/",
    "https://127.0.0.1:1/a b", "",
  ])
  func `a URL that is not plain https is not asked`(url: String) {
    let client = HTTPClient()

    #expect(client.perform(HTTPRequest(method: .get, url: url, headers: [])).isNeverSent)
  }

  @Test func `an authority file that is not there sends nothing`() throws {
    var options = quick
    options.authorityFile = "/nonexistent.pem"

    let request = HTTPRequest(method: .get, url: "https://127.0.0.1:1/", headers: [])
    #expect(HTTPClient(options).perform(request).isNeverSent)
  }

  @Test func `a POST without a body, or a header with a line break, is not sent`() throws {
    let server = try StripeServer()
    let url = server.url + "/v1/charges"
    let requests = [
      HTTPRequest(method: .post, url: url, headers: []),
      HTTPRequest(method: .post, url: url, headers: [], body: []),
      HTTPRequest(method: .get, url: url, headers: [], body: [0x61]),
      HTTPRequest(method: .get, url: url, headers: [("A", "b\r\nC: d")]),
      HTTPRequest(method: .get, url: url, headers: [("A:", "b")]),
      HTTPRequest(method: .get, url: url, headers: [("A", "")]),
    ]

    for request in requests { #expect(client.perform(request).isNeverSent) }
    #expect(try server.requests().isEmpty)
  }
}
