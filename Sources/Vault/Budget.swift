package import Domain
internal import SQLite

/// A cap on money moved, and how much of it is gone.
package struct Budget: Equatable, Sendable {
  package let batch: BatchID
  package let currency: Currency
  /// Minor units, as are the other two.
  package let limit: Int64
  package let spent: Int64
  package let held: Int64
  let seal: String

  init(row: borrowing Row) throws(Fault) {
    guard let currency = Currency(row.text("currency")) else {
      throw Fault(.storage, "a budget has the currency \(quoted(row.text("currency")))")
    }
    batch = BatchID(row.text("batch"))
    self.currency = currency
    limit = row.integer("limit_minor")
    spent = row.integer("spent_minor")
    held = row.integer("held_minor")
    seal = row.text("seal")
  }

  /// What may still be reserved; below zero when the limit was lowered under what is gone.
  package var room: Int64 { limit - spent - held }
}
