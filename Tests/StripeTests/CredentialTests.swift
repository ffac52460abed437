import Domain
import Foundation
import Stripe
import Testing

struct StripeKeyTests {
  @Test(arguments: [("rk_test_1aB", Mode.test), (" rk_live_1aB\n", .live)])
  func `a restricted key of the mode is taken, trimmed and not shown`(text: String, mode: Mode)
    throws
  {
    let key = try StripeKey(text, mode: mode, source: "$STRIPE_API_KEY")

    var dumped = ""
    dump(key, to: &dumped)
    #expect(key.warning == nil)
    #expect("\(key)" == "rk_\(mode.rawValue)_…")
    for shown in ["\(key)", String(reflecting: key), dumped] { #expect(!shown.contains("1aB")) }
  }

  @Test func `an unrestricted test key is taken with a warning`() throws {
    let key = try StripeKey("sk_test_1aB", mode: .test, source: "$STRIPE_API_KEY")

    #expect(key.warning?.contains("sk_test_") == true)
    #expect(key.warning?.contains("1aB") == false)
  }

  @Test(arguments: [
    ("sk_live_1aB", Mode.live), ("sk_live_1aB", .test), ("sk_test_1aB", .live),
    ("rk_live_1aB", .test), ("rk_test_1aB", .live), ("pk_test_1aB", .test), ("whsec_1aB", .test),
    ("1aB", .test), ("", .test), ("rk_test_", .test), ("rk_test_1aB 2", .test),
    ("rk_test_1aB\n2", .test), ("rk_test_1aB\0", .test), ("rk_test_1aBé", .test),
    ("rk_test_1aB", .sandbox),
  ])
  func `any other key is refused, and not shown`(text: String, mode: Mode) throws {
    let fault = #expect(throws: Fault.self) {
      try StripeKey(text, mode: mode, source: "$STRIPE_API_KEY")
    }

    #expect(fault?.exit == .configuration)
    #expect(fault?.message.contains("1aB") == false)
    #expect(fault?.hint?.contains("1aB") == false)
  }

  @Test func `the key is looked for in its four places, in order`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let named = try file(folder, "named", "rk_test_1")
    let variable = try file(folder, "variable", "sk_test_2")
    _ = try file(folder, "stripe-key", "rk_test_3", mode: 0o440)
    var environment = [
      "SLUICE_STRIPE_KEY_FILE": variable, "CREDENTIALS_DIRECTORY": folder.path,
      "STRIPE_API_KEY": "sk_test_4",
    ]
    func find(_ file: String? = nil) throws -> String {
      let key = try StripeKey.find(file: file, environment: environment, mode: .test)
      return "\(key) \(key.warning ?? "")"
    }

    #expect(try find(named) == "rk_test_… ")
    #expect(try find().contains("variable holds an unrestricted"))
    environment["SLUICE_STRIPE_KEY_FILE"] = ""
    #expect(try find() == "rk_test_… ")
    environment["CREDENTIALS_DIRECTORY"] = "/nonexistent"
    #expect(try find().contains("$STRIPE_API_KEY holds an unrestricted"))
    environment["STRIPE_API_KEY"] = nil
    #expect(throws: Fault.self) { try find() }
  }

  @Test func `a key file that is open to others, missing or a folder is refused`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }

    for mode in [0o640, 0o604, 0o644] {
      let path = try file(folder, "key-\(mode)", "rk_test_1aB", mode: mode)
      let fault = #expect(throws: Fault.self) {
        try StripeKey.find(file: path, environment: [:], mode: .test)
      }
      #expect(fault?.exit == .configuration)
      #expect(fault?.hint == "chmod 600 \(path)")
    }
    for path in [folder.path, folder.path + "/missing"] {
      let fault = #expect(throws: Fault.self) {
        try StripeKey.find(file: path, environment: [:], mode: .test)
      }
      #expect(fault?.exit == .configuration)
    }
  }

  private func file(
    _ folder: URL, _ name: String, _ text: String, mode: Int = 0o600
  ) throws -> String {
    let path = folder.appendingPathComponent(name).path
    let made = FileManager.default.createFile(
      atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
    try #require(made)
    return path
  }
}

struct StripeURLTests {
  @Test(arguments: [
    "https://api.stripe.com", "https://proxy.example:8443/stripe", "http://127.0.0.1:8420",
    "http://127.9.9.9", "http://localhost:1", "http://[::1]:8420", "http://LOCALHOST",
  ])
  func `https anywhere and http on loopback are taken`(text: String) throws {
    #expect(try StripeURL(text, mode: .test).text == text)
    #expect(try StripeURL(text + "/", mode: .test).text == text)
    #expect(try StripeURL(text, mode: .test).isPlainHTTP == text.hasPrefix("http:"))
  }

  @Test(arguments: [
    "http://api.stripe.com", "http://127.0.0.1.example", "http://127.1", "http://0127.0.0.1",
    "http://10.0.0.1", "ftp://localhost", "api.stripe.com", "", "https://", "https://:443",
    "https://user:secret@api.stripe.com", "http://127.0.0.1@example.com",
    "https://a.example?x=1", "https://a.example/#x", "https://a.example/x?y", "https://a b",
    "https://a.example:0", "https://a.example:99999", "https://a.example:", "https://a.example\n",
    "http://[::1]x", "http://[::2]", "http://127.0.0.1\\@example.com", "https://a.example/%2e",
  ])
  func `any other URL is refused, its password not shown`(text: String) {
    let fault = #expect(throws: Fault.self) { try StripeURL(text, mode: .test) }

    #expect(fault?.exit == .configuration)
    #expect(fault?.message.contains("secret") == false)
  }

  @Test func `live mode speaks https only`() {
    #expect(throws: Fault.self) { try StripeURL("http://127.0.0.1:8420", mode: .live) }
    #expect(throws: Never.self) { try StripeURL(StripeAPI.url, mode: .live) }
  }
}
