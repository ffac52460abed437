import Foundation
import Support

extension CommandHome {
  /// The restricted key of every test home; the server takes any that looks so.
  static let stripeKey = "rk_test_51CommandTestsOnly"

  /// A test-mode home whose Stripe is a server on loopback.
  convenience init(testing server: StripeServer, account: String? = nil) throws {
    try self.init(mode: nil)
    let more = account.map { ["--stripe-account", $0] } ?? []
    try succeed(["init", "--mode", "test", "--quiet"] + more)
    environment = ["SLUICE_STRIPE_URL": server.url, "STRIPE_API_KEY": Self.stripeKey]
  }
}

/// A charge or a payment intent as the server keeps it.
struct ServerObject: Decodable {
  let id: String
  let amount: Int64
  let customer: String
  let status: String
  let metadata: [String: String]

  /// The job it was made for.
  var job: String { metadata["sluice_job"] ?? "" }
}

extension StripeServer {
  /// Every request that can move money, in order.
  func charges() throws -> [Request] {
    try requests().filter { request in
      request.method == "POST" && ["/v1/payment_intents", "/v1/charges"].contains(request.path)
    }
  }

  /// Every charge and payment intent that there is.
  func objects() throws -> [ServerObject] {
    try ask("/_objects").split(separator: 0x0A).map {
      try JSONDecoder().decode(ServerObject.self, from: Data($0))
    }
  }

  /// The objects whose money moved.
  func charged() throws -> [ServerObject] { try objects().filter { $0.status == "succeeded" } }
}
