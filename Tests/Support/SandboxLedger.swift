import Domain
import SQLite

/// The sandbox's own record of what it charged and refunded, read without its help.
package struct SandboxLedger {
  /// How often each job was charged, by the name in its metadata.
  package private(set) var charges: [String: Int] = [:]
  /// Minor units taken for each invoice that is paid; an invoice keeps no name of a job.
  package private(set) var invoices: [String: Int64] = [:]
  /// How often each job was refunded, by the name in its metadata.
  package private(set) var refunds: [String: Int] = [:]
  /// Minor units taken in all, for charges and invoices.
  package private(set) var total: Int64 = 0
  /// Minor units given back in all.
  package private(set) var refunded: Int64 = 0

  /// Reads the record of a home.
  package init(path: String) throws {
    let database = try Database(path: path, .existing, busyTimeoutMilliseconds: 5000)
    (charges, total) = try Self.sums(
      """
      SELECT metadata ->> '$.sluice_job' AS job, amount
      FROM   object
      WHERE  status = 'succeeded'
      """, database)
    (refunds, refunded) = try Self.sums(
      "SELECT metadata ->> '$.sluice_job' AS job, amount FROM refund", database)
    var invoices: [String: Int64] = [:]
    try database.forEach("SELECT invoice, amount FROM payment WHERE status = 'paid'") { row in
      invoices[row.text("invoice")] = row.integer("amount")
      return true
    }
    self.invoices = invoices
    total += invoices.values.reduce(0, +)
  }

  private static func sums(
    _ sql: String, _ database: borrowing Database
  ) throws -> (counts: [String: Int], amount: Int64) {
    var counts: [String: Int] = [:]
    var amount: Int64 = 0
    try database.forEach(sql) { row in
      counts[row.text("job"), default: 0] += 1
      amount += row.integer("amount")
      return true
    }
    return (counts, amount)
  }
}
