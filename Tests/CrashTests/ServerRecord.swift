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

  /// Forgets everything.
  func reset() throws { _ = try ask("/_reset", body: "{}") }
}
