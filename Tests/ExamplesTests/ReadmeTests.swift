import Foundation
import Support
import Testing

/// What the README shows of an approver's and of cron's work, typed as it stands there.
@Suite struct ReadmeTests {
  @Test func `a preview shows what the README shows`() throws {
    let reader = try Reader()
    try reader.type("sluice submit examples/fees.csv --job jobs/fees.json --planner billing-agent")
    try reader.type("sluice approve fees --digest $(sluice preview fees --json | \(digest))")
    try reader.type("sluice run fees", status: 10)
    try reader.type(
      "sluice submit examples/fees-next.csv --job jobs/fees.json --planner billing-agent")
    let batch = try reader.newest()

    for command in ["preview", "approve"] {
      let step = try #require(
        try Reader.steps().first { $0.command.hasPrefix("sluice \(command) fees-") })
      let printed = try reader.print("\(reader.yes) sluice \(command) \(batch)")

      #expect(step.shows(printed.replacing("\r\n", with: "\n")), "\(printed)")
    }
  }

  @Test func `the nights of cron go as the README shows them`() throws {
    let reader = try Reader()
    let steps = try Reader.steps().filter { $0.section == "Every night, from cron" }

    #expect(steps.count > 4)
    for step in steps {
      let printed = try reader.print(step.command)
      #expect(step.shows(printed), "\(step.command): \(printed)")
    }
  }

  /// Prints the digest of a document, as any JSON tool would.
  private let digest = #"sed 's/.*"digest":"\([0-9a-f]*\)".*/\1/'"#
}

/// Somebody who types the README's lines in a clone, with a home and a webhook of their own.
private final class Reader {
  private let clone: Clone
  private let webhook: WebhookServer

  init() throws {
    clone = try Clone()
    webhook = try WebhookServer()
    try FileManager.default.createDirectory(
      atPath: clone.folder + "/bin", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: clone.folder + "/bin/sluice", withDestinationPath: Sluice.path)
    try type("SLUICE_APPROVER_TOKEN_FILE= sluice init --quiet")
    try type(
      "umask 077; SLUICE_APPROVER_TOKEN_FILE= sluice approvers add ana --quiet >ana.token")
  }

  /// Every command of the README, with what it shows.
  static func steps() throws -> [ManualStep] {
    ManualStep.all(
      in: try String(contentsOfFile: Clone.repository + "/README.md", encoding: .utf8))
  }

  /// What stands before a command for which somebody at a terminal says yes, if they are asked.
  let yes = "python3 '\(Clone.repository)/Tests/Support/terminal.py' 'y\\n'"

  /// Types a line, which has to end with a status.
  func type(_ line: String, status: Int32 = 0) throws {
    let outcome = try run(line)
    guard outcome.status == status else { throw TestServerError(message: "\(line): \(outcome)") }
  }

  /// Types a line, and tells all that appears and how it ends.
  func print(_ line: String) throws -> String {
    let outcome = try run("(\(line.replacing("--until 2026", with: "--until 2999"))) 2>&1")
    return outcome.output + (outcome.status == 0 ? "" : "[exit \(outcome.status)]\n")
  }

  /// The name of the batch that was submitted last.
  func newest() throws -> String {
    let names = try run("sluice list --quiet").output.split(separator: "\n")
    return String(try #require(names.first))
  }

  private func run(_ line: String) throws -> Outcome {
    let usual = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return try clone.run(
      ["sh", "-c", line],
      environment: [
        "PATH": clone.folder + "/bin:" + usual, "SLUICE_HOME": clone.folder + "/home",
        "SLUICE_APPROVER_TOKEN_FILE": "ana.token", "SLUICE_WEBHOOK": webhook.url,
        "TZ": "Europe/Berlin",
      ])
  }
}
