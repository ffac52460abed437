import Foundation
import Support
import Testing

/// Words that a user must not get through with, and the status they have to end with.
struct Attempt: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let words: [String]
  let status: Int32
  var input = ""

  /// A command of Sluice's through sudo, which says no.
  static func sudo(_ name: String, _ words: [String]) -> Attempt {
    Attempt(
      testDescription: name, words: ["sudo", "-n", "-u", User.billing.name] + words, status: 1,
      input: Machine.plan(["cus_x,x1,1.00,usd"]))
  }
}

/// How the kernel says no, and how sqlite3 tells it.
var denied: Regex<Substring> {
  #/[Pp]ermission denied|[Nn]ot permitted|can't cd|unable to open database/#
}

/// How sudo says no.
var refused: Regex<Substring> { #/sudo: /# }

extension Machine {
  /// Expects that an attempt ends as it has to, says why, shows nothing secret and changes nothing.
  func expectNothing(
    of attempt: Attempt, as user: User, because reason: Regex<Substring>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = try Self.state()

    let outcome = try run(attempt.words, as: user, input: attempt.input)

    #expect(outcome.status == attempt.status, "\(outcome)", sourceLocation: sourceLocation)
    #expect(outcome.error.contains(reason), "\(outcome)", sourceLocation: sourceLocation)
    let shown = outcome.output + outcome.error
    for secret in [Self.key, try Self.sealKey(), "cus_w1", "cus_d1"] {
      #expect(!shown.contains(secret), "\(outcome)", sourceLocation: sourceLocation)
    }
    let after = try Self.state()
    #expect(after == before, sourceLocation: sourceLocation)
  }

  /// Every file of the home, and all that it rests on, with owner, mode and content: no job, no
  /// charge and no approval can change without it.
  ///
  /// The index of the write-ahead log is left out: readers mark themselves in it.
  static func state() throws -> [String: String] {
    var state: [String: String] = [:]
    for top in [home, "/srv/sluice-test-jobs", keyFile, program, rules] {
      let below = (try? FileManager.default.subpathsOfDirectory(atPath: top)) ?? []
      for path in [top] + below.map({ top + "/" + $0 }) where !path.hasSuffix("-shm") {
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        let content =
          path == program ? nil : try? Data(contentsOf: URL(fileURLWithPath: path))
        state[path] = [
          facts[.ownerAccountName], facts[.posixPermissions], facts[.type], facts[.size],
          facts[.modificationDate], content?.base64EncodedString().hashValue,
        ].map { "\($0 ?? "")" }.joined(separator: " ")
      }
    }
    return state
  }

  private static func sealKey() throws -> String {
    let text = try String(contentsOfFile: home + "/seal.key", encoding: .utf8)
    return String(text.split(separator: ":").last?.prefix(64) ?? "")
  }
}
