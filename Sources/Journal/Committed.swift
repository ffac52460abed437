/// Proof that a transaction is on disk; only `Transaction.commit()` makes one.
package struct Committed: ~Copyable, Sendable {
  /// Which transaction, among all of this process.
  package let transaction: UInt64

  init(transaction: UInt64) { self.transaction = transaction }
}
