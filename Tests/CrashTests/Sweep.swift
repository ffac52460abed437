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
  /// Expects at least one point, and that a command that meets no fault ends with `status`; returns
  /// such a command.
  @discardableResult
  func over(
    _ injection: Injection, status: Int32 = 0, _ check: (Trial) throws -> Void
  ) throws -> Trial {
    let whole = try trial(injection, breaking: nil)
    #expect(whole.outcome.status == status, "\(whole)")
    let calls = whole.points
    #expect(!calls.isEmpty, "\(injection) has no point")
    var taken = 0
    for number in Self.isWhole ? calls + beyond(calls, injection) : spread(calls, injection) {
      let trial = try trial(injection, breaking: number)
      guard trial.hasFired else {
        #expect(trial.outcome.status == status, "\(trial)")
        break
      }
      #expect(trial.broken.map(trial.counts) == true, "\(trial) was on \(trial.broken ?? "")")
      try check(trial)
      taken += 1
    }
    #expect(taken > 0, "\(injection) was never met")
    print("sweep: \(words[0]), \(injection): \(taken) of \(calls.count) points")
    return whole
  }

  /// Some points of a sweep; each begins elsewhere, so that together they meet every kind of place.
  private func spread(_ calls: [Int], _ injection: Injection) -> [Int] {
    let step = max(1, (calls.count + points - 1) / points)
    let name = words.joined() + injection.description
    let first = name.utf8.reduce(0) { $0 &+ Int($1) } % step
    return stride(from: first, to: calls.count, by: step).map { calls[$0] }
  }

  /// The points that only another run may meet: how often it polls and receives differs.
  private func beyond(_ calls: [Int], _ injection: Injection) -> [Int] {
    guard injection.files.isEmpty, let last = calls.last else { return [] }
    return Array((last + 1)...(10 * last + 100))
  }

  /// Runs the command in a copy of the home, its n-th such call broken.
  func trial(_ injection: Injection, breaking number: Int?) throws -> Trial {
    try reset()
    let home = try CrashHome(of: template)
    let log = home.folder + "/calls"
    let outcome = try home.sluice(
      words,
      under: injection.words(breaking: number, log: log, also: also))
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

  /// The calls that may be broken, each by its place among the calls of its name.
  var points: [Int] {
    let calls = log.filter(injection.names)
    return calls.indices.filter { counts(calls[$0]) }.map { $0 + 1 }
  }

  /// Whether a call is one that may be broken.
  func counts(_ call: String) -> Bool { injection.counts(call, in: home.path) }

  /// The call that was broken.
  var broken: String? { place.map { log[$0] } }

  /// How many requests that move money began before the call was broken.
  var postsBefore: Int { log[..<(place ?? log.endIndex)].count(where: Self.isPost) }

  /// How many began after it.
  var postsAfter: Int { place.map { log[($0 + 1)...].count(where: Self.isPost) } ?? 0 }

  private var place: Int? {
    guard number > 0 else { return nil }
    return injection.effect == .kill
      ? log.lastIndex(where: injection.names) : log.firstIndex { $0.hasSuffix("(INJECTED)") }
  }

  private static func isPost(_ line: String) -> Bool { line.contains("\"POST ") }

  /// The name of the call that a line of strace's tells of.
  static func name(of line: String) -> Substring {
    let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2 else { return "" }
    return parts[1].drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
  }
}
