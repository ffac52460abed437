/// What of Stripe is fixed in this program.
package enum StripeAPI {
  /// The `Stripe-Version` of every new attempt; what an answer means was read off this version.
  package static let version = "2026-10-28.endive"
  /// Where Stripe is.
  package static let url = "https://api.stripe.com"
}
