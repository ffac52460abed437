import Foundation
import Support

/// A headless Chromium, alive as long as this object.
final class Browser {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let folder: String
  private var pending = Data()

  /// Starts it; throws when there is none.
  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("browser.py").path
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script, folder]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    _ = try answer()
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(atPath: folder)
  }

  // MARK: What a person does

  /// Opens a file and waits until its table can be worked with.
  func open(_ path: String, withScripts hasScripts: Bool = true) throws {
    _ = try emulate("setScriptExecutionDisabled", ["value": !hasScripts])
    _ = try ask("/url", ["url": "file://" + path])
    guard hasScripts else { return }
    try waitUntil("the page is ready") {
      // A page without a table has nothing to wait for.
      try run("return !document.getElementById('tools')?.hidden", as: Bool.self)
    }
  }

  /// Looks at the page as who likes it dark, on paper, or on a screen of so many pixels.
  func look(isDark: Bool = false, onPaper: Bool = false, width: Int = 1280) throws {
    _ = try emulate(
      "setEmulatedMedia",
      [
        "media": onPaper ? "print" : "screen",
        "features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]],
      ])
    _ = try emulate(
      "setDeviceMetricsOverride",
      ["width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500])
  }

  /// Presses keys, one after the other, wherever the focus is.
  func press(_ keys: String) throws {
    let strokes = keys.flatMap { key in
      ["keyDown", "keyUp"].map { ["type": $0, "value": String(key)] }
    }
    let source: [String: Any] = ["type": "key", "id": "keyboard", "actions": strokes]
    _ = try ask("/actions", ["actions": [source]])
  }

  // MARK: What a page shows

  /// What the body of a function returns, run in the page.
  func run<Value>(
    _ body: String, _ arguments: [Any] = [], as type: Value.Type = Value.self
  ) throws -> Value {
    let value = try ask("/execute/sync", ["script": body, "args": arguments])
    guard let value = value as? Value else {
      throw TestServerError(message: "\(body) returned \(value)")
    }
    return value
  }

  /// What the body of an asynchronous function returns.
  func await<Value>(_ body: String, as type: Value.Type = Value.self) throws -> Value {
    let script =
      "const done = arguments[0]; (async () => { \(body) })()"
      + ".then(done, (error) => done(String(error)))"
    let value = try ask("/execute/async", ["script": script, "args": []])
    guard let value = value as? Value else {
      throw TestServerError(message: "\(body) returned \(value)")
    }
    return value
  }

  /// What the text of each element is that a selector finds.
  func texts(_ selector: String) throws -> [String] {
    try run(
      "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)",
      [selector])
  }

  /// What was said on the console since it was last asked.
  func complaints() throws -> [String] {
    try log("browser").compactMap { $0["message"] as? String }
  }

  /// The addresses of all that was asked for since it was last asked.
  func requests() throws -> [String] {
    try log("performance").compactMap { entry in
      let text = entry["message"] as? String ?? ""
      let event = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      let message = event?["message"] as? [String: Any]
      guard message?["method"] as? String == "Network.requestWillBeSent" else { return nil }
      let parameters = message?["params"] as? [String: Any]
      return (parameters?["request"] as? [String: Any])?["url"] as? String
    }
  }

  // MARK: WebDriver

  private func log(_ kind: String) throws -> [[String: Any]] {
    try ask("/se/log", ["type": kind]) as? [[String: Any]] ?? []
  }

  private func emulate(_ what: String, _ parameters: [String: Any]) throws -> Any {
    try ask("/goog/cdp/execute", ["cmd": "Emulation." + what, "params": parameters])
  }

  private func ask(_ path: String, _ body: [String: Any]) throws -> Any {
    let line = try JSONSerialization.data(withJSONObject: [path, body] as [Any])
    try input.fileHandleForWriting.write(contentsOf: line + Data("\n".utf8))
    return try answer()
  }

  private func answer() throws -> Any {
    while !pending.contains(UInt8(ascii: "\n")) {
      let bytes = output.fileHandleForReading.availableData
      guard !bytes.isEmpty else { throw TestServerError(message: "there is no browser") }
      pending += bytes
    }
    let line = pending.prefix { $0 != UInt8(ascii: "\n") }
    pending = Data(pending.dropFirst(line.count + 1))
    let answer = try JSONSerialization.jsonObject(with: line) as? [String: Any]
    guard let answer, answer["error"] == nil else {
      throw TestServerError(message: "the browser says \(answer ?? [:])")
    }
    return answer["value"] ?? NSNull()
  }
}
