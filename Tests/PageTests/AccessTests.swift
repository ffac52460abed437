import Foundation
import Support
import Testing

/// Whether axe finds something that keeps the page from a reader.
@Suite struct AccessTests {
  @Test func `no page keeps anything from a reader, on light or dark`() throws {
    let home = try PageHome()
    let browser = try Browser()
    let axe = try axe()
    for (kind, batch) in try batches(in: home) {
      try browser.open(try home.page(of: batch))
      _ = try browser.run(axe + "; window.axe = axe; return true", as: Bool.self)
      for isDark in [false, true] {
        try browser.look(isDark: isDark)

        let found: [String] = try browser.await(violations)

        #expect(found == [], "\(kind), \(isDark ? "dark" : "light")")
      }
    }
  }

  @Test func `no preview keeps anything from an approver, on light or dark`() throws {
    let home = try PageHome()
    _ = try home.run(plain(3), caps: ["usd": "500.00"])
    let batch = try home.submit(
      plain(3).map { $0 + "b" } + ["cus_1,480.00,large", "cus_1,1.00,again"])
    let browser = try Browser()
    try browser.open(try home.preview(of: batch))
    _ = try browser.run(try axe() + "; window.axe = axe; return true", as: Bool.self)
    for isDark in [false, true] {
      try browser.look(isDark: isDark)

      let found: [String] = try browser.await(violations)

      #expect(found == [], "\(isDark ? "dark" : "light")")
    }
  }

  @Test func `axe finds what it is there to find`() throws {
    let home = try PageHome()
    let browser = try Browser()
    try browser.open(try home.page(of: home.submit(plain(1))))
    _ = try browser.run(
      try axe() + "; window.axe = axe; document.querySelector('label').replaceWith("
        + "document.querySelector('#tools input')); return true", as: Bool.self)

    let found: [String] = try browser.await(violations)

    #expect(found.map { $0.prefix { $0 != ":" } } == ["label"])
  }

  private let violations = """
    const result = await axe.run();
    if (result.passes.length < 20) return ['axe looked at next to nothing'];
    return result.violations.map(({ id, nodes }) => id + ': ' + nodes[0].html);
    """

  /// One batch of each kind that the page tells differently.
  private func batches(in home: PageHome) throws -> [(kind: String, batch: String)] {
    let usd = ["usd": "500.00"]
    let unlike = [
      "cus_decline_lost_card,1.00,u1", "cus_processing,1.00,u2", "cus_missing,1.00,u3",
      "cus_error_500,1.00,u4", "cus_2,1.00,u5",
    ]
    return [
      ("finished", try home.run(plain(3), caps: usd)),
      ("halted by its cap", try home.run(plain(4).map { $0 + "a" }, caps: ["usd": "4.00"])),
      ("with unknowns", try home.run(unlike, caps: usd)),
      ("nothing done yet", try home.submit(["cus_1,1.00,n1"])),
      (
        "refunds",
        try home.run(
          ["cus_1,0.50,r1,pi_sandbox_1"], header: "account,amount,reference,charge", caps: usd,
          operation: "refunds.create")
      ),
      (
        "two currencies",
        try home.run(
          ["cus_1,5.00,usd,c1", "cus_1,500,jpy,c2"], header: "account,amount,currency,reference",
          caps: ["usd": "500.00", "jpy": "1000"])
      ),
    ]
  }

  /// The script that the Python package brings; throws when no Python has it.
  private func axe() throws -> String {
    let python = ProcessInfo.processInfo.environment["SLUICE_AXE"] ?? ""
    let script = """
      import importlib.util, sys
      package = importlib.util.find_spec("axe_playwright_python")
      sys.stdout.write(open(package.submodule_search_locations[0] + "/axe.min.js").read())
      """
    guard !python.isEmpty else {
      throw TestServerError(message: "SLUICE_AXE names no Python that has axe: run Tests/run")
    }
    let outcome = try RunningProcess(
      [python, "-c", script], in: FileManager.default.temporaryDirectory.path,
      environment: Sluice.environment([:])
    ).wait()
    guard outcome.status == 0 else { throw TestServerError(message: "no axe: \(outcome.error)") }
    return outcome.output
  }
}
