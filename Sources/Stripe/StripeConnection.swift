package import Vault

/// A way to Stripe: over the network, or to the embedded double.
package protocol StripeConnection {
  /// Sends an attempt; nothing else can move money.
  func send(_ permit: consuming Permit) -> Reply

  /// Asks what cannot move money: a read, or the cancelling of an intent.
  func ask(_ question: Question) -> Reply
}
