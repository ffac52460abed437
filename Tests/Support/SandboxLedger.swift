import Domain
import SQLite

/// The sandbox's own record of what it charged, read without its help.
package struct SandboxLedger {
  /// How often each job was charged, by the name in its metadata.
  package private(set) var charges: [String: Int] = [:]
  /// Minor units charged in all.
  package private(set) var total: Int64 = 0

  /// Reads the record of a home.
  package init(path: String) throws {
    let database = try Database(path: path, .existing, busyTimeoutMilliseconds: 5000)
    var charges: [String: Int] = [:]
    var total: Int64 = 0
    try database.forEach(
      """
      SELECT metadata ->> '$.sluice_job' AS job, amount
      FROM   object
      WHERE  status = 'succeeded'
      """
    ) { row in
      charges[row.text("job"), default: 0] += 1
      total += row.integer("amount")
      return true
    }
    self.charges = charges
    self.total = total
  }
}
