import Glibc
import HTTP
import Support
import Testing

/// What the process and its environment must not do to a request.
struct SurroundingsTests {
  @Test func `a proxy in the environment is ignored`() throws {
    for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
      unsafe setenv(name, "http://127.0.0.1:1", 1)
    }
    let server = try StripeServer()
    defer { server.stop() }

    #expect(HTTPClient(quick).perform(post(server)).response?.status == 200)
  }

  @Test func `signals do not break a request under way`() throws {
    let server = try StripeServer()
    defer { server.stop() }
    try server.script(#"[{"fault": "drip", "seconds": 0.001}]"#)
    signal(SIGUSR1) { _ in }
    let waiting = pthread_self()
    let finished = Flag()
    let nuisance = Nuisance(of: waiting, until: finished)
    nuisance.start()

    let result = HTTPClient(quick).perform(post(server))
    finished.raise()
    nuisance.join()

    #expect(result.response?.text.contains("succeeded") == true, "\(result)")
    #expect(nuisance.sent > 3)
  }

  @Test func `a broken pipe does not end the process`() {
    _ = HTTPClient(quick)

    #expect(kill(getpid(), SIGPIPE) == 0)
  }

  @Test func `a secret header is in no reason and in no description`() throws {
    let server = try StripeServer()
    let request = post(server)
    server.stop()

    let result = HTTPClient(quick).perform(request)

    var dumped = ""
    dump(request, to: &dumped)
    for text in [result.reason ?? "", "\(request)", String(reflecting: request), dumped] {
      #expect(!text.contains("rk_test_1"))
    }
  }
}
