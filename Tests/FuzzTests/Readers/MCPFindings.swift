import Domain
import JSON
import Journal
import MCP
import Queue
import Service
import System

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What must hold of what the planner's door answers to any lines.
struct MCPFindings {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func add(to findings: inout Findings) {
    var answers: [String] = []
    let home = FuzzedHome()
    let server = MCPServer(version: "0", jobFiles: SampleJobFile.all) { () throws(Fault) in
      try home.open()
    }
    do throws(Fault) {
      try server.serve(InputFile(bytes: bytes, name: "lines")) { answers.append($0) }
      try home.clear()
    } catch {
      findings.expect(false, "\(error)")
    }
    let lines = bytes.split(separator: 0x0A)
    findings.expect(answers.count <= lines.count, "\(answers.count) answers to \(lines.count)")
    for answer in answers { check(answer, &findings) }
  }

  private func check(_ answer: String, _ findings: inout Findings) {
    findings.expect(answer.utf8.last == 0x0A, "an answer without its end")
    let line = answer.dropLast()
    findings.expect(!line.unicodeScalars.contains(where: isUnprintable), printable(line))
    guard let node = try? JSONReader.read(Array(line.utf8)) else {
      findings.expect(false, "no JSON: \(printable(line))")
      return
    }
    findings.expect(node["jsonrpc"]?.string == "2.0", "another protocol: \(line)")
    findings.expect(node["id"] != nil, "no id: \(line)")
    findings.expect((node["result"] == nil) != (node["error"] == nil), "two answers: \(line)")
  }
}

/// A home that lasts as long as the process, opened when a tool is called; its drafts do not last.
private final class FuzzedHome {
  private let home = Home(
    folder: FileManager.default.temporaryDirectory.path
      + "/sluice-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
  private var desk: PlannerDesk?

  func open() throws(Fault) -> PlannerDesk {
    if let desk { return desk }
    if !FileManager.default.fileExists(atPath: home.databasePath) {
      var random = SystemRandomNumberGenerator()
      try home.create(
        HomeFacts(id: "home_fuzz", mode: .sandbox, stripeAccount: nil), clock: FrozenClock(),
        actor: "fuzz", using: &random)
    }
    var quota = Quota()
    quota.openBatches = 3
    let opened = PlannerDesk(
      try Store(home: home, clock: FrozenClock(), actor: "fuzz"),
      PlannerAccess(
        submitter: Submitter(Person(name: "fuzz", uid: nil), planner: "fuzz", apiURL: "sandbox"),
        jobFiles: SampleJobFile.all, quota: quota))
    desk = opened
    return opened
  }

  /// Throws away what is not submitted, so that inputs do not build on each other.
  func clear() throws(Fault) {
    guard let desk else { return }
    for draft in try desk.list().drafts { _ = try desk.discard(draft.id) }
  }
}

/// A clock that stands still.
struct FrozenClock: Clock {
  func now() -> Timestamp { Timestamp(milliseconds: 1_795_341_600_000) }
  func uptime() -> Milliseconds { Milliseconds(0) }
  func sleep(_ wait: Milliseconds) {}
}
