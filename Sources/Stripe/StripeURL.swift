package import Domain
internal import HTTP

/// Where Stripe's API is reached: https, or http on this very machine.
package struct StripeURL: Equatable, Sendable {
  /// Without a slash at its end.
  package let text: String
  package let isPlainHTTP: Bool

  /// Reads a base URL; throws a configuration fault for one that a key must not be sent to.
  package init(_ text: String, mode: Mode) throws(Fault) {
    let url: SecureURL
    do {
      url = try SecureURL(text)
    } catch {
      throw Self.fault(text, error.message)
    }
    if url.isPlainHTTP, mode == .live { throw Self.fault(text, "must be https in live mode") }
    self.text = url.text
    isPlainHTTP = url.isPlainHTTP
  }

  private static func fault(_ text: String, _ problem: String) -> Fault {
    // What stands before an @ may be a password.
    let mayHoldPassword = text.utf8.contains(UInt8(ascii: "@"))
    let shown = mayHoldPassword ? "the Stripe URL (not shown: it holds an @)" : quoted(text)
    return Fault(
      .configuration, "\(shown) \(problem)",
      hint: "check --stripe-url and $SLUICE_STRIPE_URL; Stripe itself is \(StripeAPI.url)")
  }
}
