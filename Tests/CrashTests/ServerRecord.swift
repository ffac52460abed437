import Foundation
import Support

extension StripeServer {
  /// The names of the jobs that were charged, one for each charge that there is.
  func charged() throws -> [String] {
    struct Object: Decodable {
      let status: String
      let metadata: [String: String]
    }
    return try ask("/_objects").split(separator: 0x0A).map {
      try JSONDecoder().decode(Object.self, from: Data($0))
    }.filter { $0.status == "succeeded" }.map { $0.metadata["sluice_job"] ?? "" }
  }

  /// Every request that can move money, in order.
  func posts() throws -> [Request] { try requests().filter { $0.method == "POST" } }

  /// From now on each request waits at random, at most so long before it is executed, and again
  /// before it is answered.
  func delay(most seconds: Double, seed: UInt64) throws {
    _ = try ask("/_delay", body: #"{"most": \#(seconds), "seed": \#(seed)}"#)
  }

  /// Forgets everything.
  func reset() throws { _ = try ask("/_reset", body: "{}") }
}

extension CrashReport {
  /// What is wrong with it, and with what Stripe has charged by its own record: each charge is
  /// there once, and belongs to a job that is charged or may be; no job is charged without one.
  func mistakes(against theirs: [String]) -> [String] {
    let mayBeCharged = names("charged", "in_doubt", "processing", "unknown")
    let twice = theirs.filter { name in theirs.count { $0 == name } > 1 }
    return mistakes + twice.map { "\($0) twice" }
      + theirs.filter { !mayBeCharged.contains($0) }.map { "\($0) lost" }
      + names("charged").subtracting(theirs).map { "\($0) made up" }
  }
}
