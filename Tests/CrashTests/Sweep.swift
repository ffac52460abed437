import Foundation
import Support
import Testing

/// Breaks a command at one of its system calls after another, each time in a copy of the same home.
///
/// The ordinary run takes some points of each sweep, evenly spread; `SLUICE_SWEEP=all` takes every
/// one, until the command ends without meeting the fault.
struct Sweep {
  /// Whether every point is taken.
  static let isWhole = ProcessInfo.processInfo.environment["SLUICE_SWEEP"] == "all"

  let template: CrashHome
  let words: [String]
  /// How many points of a sweep the ordinary run takes.
  var points = 3
  /// More calls that the log shows.
  var also: [String] = []
  /// Puts what is outside the home back to its beginning.
  var reset: () throws -> Void = {}

  /// Takes the points of a sweep; `check` looks at each broken home and carries on with it.
  ///
  /// Expects at least one point, and that a command that meets no fault ends with `status`.
  func over(
    _ injection: Injection, status: Int32 = 0, _ check: (Trial) throws -> Void
  ) throws {
    let whole = try trial(injection, breaking: nil)
    #expect(whole.outcome.status == status, "\(whole)")
    let calls = whole.calls
    #expect(calls > 0, "\(injection) has no point")
    let step = Self.isWhole ? 1 : max(1, (calls + points - 1) / points)
    var taken = 0
    // Each sweep begins elsewhere, so that together they meet every kind of place.
    let name = words.joined() + injection.description
    var number = 1 + name.utf8.reduce(0) { $0 &+ Int($1) } % step
    while number <= (Self.isWhole ? 10 * calls + 100 : calls) {
      let trial = try trial(injection, breaking: number)
      guard trial.hasFired else {
        #expect(trial.outcome.status == status, "\(trial)")
        break
      }
      try check(trial)
      taken += 1
      number += step
    }
    #expect(taken > 0, "\(injection) was never met")
    print("sweep: \(words[0]), \(injection): \(taken) of \(calls) points")
  }

  /// Runs the command in a copy of the home, its n-th such call broken.
  func trial(_ injection: Injection, breaking number: Int?) throws -> Trial {
    try reset()
    let home = try CrashHome(of: template)
    let log = home.folder + "/calls"
    let outcome = try home.sluice(
      words,
      under: injection.words(breaking: number, in: home.path, log: log, also: also))
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    return Trial(
      home: home, injection: injection, number: number ?? 0, outcome: outcome,
      log: lines.map(String.init))
  }
}

/// A command that was broken once, and the home it left.
struct Trial: CustomStringConvertible {
  let home: CrashHome
  let injection: Injection
  let number: Int
  let outcome: Outcome
  /// The calls that strace saw, in order.
  let log: [String]

  var description: String { "\(injection) at \(number): \(outcome)" }

  /// What a finding in this trial is told with.
  var comment: Comment { Comment(rawValue: description) }

  /// Whether the fault was met.
  var hasFired: Bool {
    injection.effect == .kill
      ? outcome.status == 128 + SIGKILL : log.contains { $0.hasSuffix("(INJECTED)") }
  }

  /// How many calls there were that could have been broken.
  var calls: Int {
    let name = injection.call.filter { $0.isLetter || $0.isNumber }
    return log.count { Self.name(of: $0).hasPrefix(name) }
  }

  /// The calls after the broken one.
  var afterwards: ArraySlice<String> {
    guard let broken = log.firstIndex(where: { $0.hasSuffix("(INJECTED)") }) else { return [] }
    return log[(broken + 1)...]
  }

  /// The name of the call that a line of strace's tells of.
  static func name(of line: String) -> Substring {
    let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2 else { return "" }
    return parts[1].drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
  }
}
