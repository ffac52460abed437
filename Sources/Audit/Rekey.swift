internal import Approval
package import Domain
internal import Journal
internal import Queue
internal import SQLite
internal import Vault

extension Audit {
  /// Seals every row anew under a new key, and returns the key's id.
  ///
  /// Throws `busy` while a batch is worked on, and `storage` when a row's old seal is wrong; then
  /// nothing has changed. An older key only verifies the entries of its time from then on.
  package func rekey(using random: inout some RandomNumberGenerator) throws(Fault) -> String {
    let transaction = try store.begin()
    // A run that begins from here on is refused at its first entry: its key is out of use by then.
    for batch in try JobQueue(store).batches() where try store.home.isLocked(batch.id) {
      throw store.home.busy(batch.id)
    }
    try store.verifyChain()
    let rekeying = try transaction.addSealKey(using: &random)
    for table in SealedTable.all {
      try reseal(table, rekeying, in: transaction)
    }
    try transaction.rekey(rekeying)
    _ = try transaction.commit()
    return rekeying.id
  }

  /// Seals the rows of one table anew, a page at a time, so that a million take no memory.
  private func reseal(
    _ table: SealedTable, _ rekeying: Rekeying, in transaction: borrowing Transaction
  ) throws(Fault) {
    var last: SealedRow?
    while true {
      let page = try table.page(after: last, store)
      for row in page {
        guard store.seal(row.sealed) == row.seal else {
          throw .untrusted("the seal of \(row.name) does not match its row; nothing was changed")
        }
        try transaction.run(table.update, row.key.parameters(seal: rekeying.seal(row.sealed)))
      }
      guard let end = page.last else { return }
      last = end
    }
  }
}

/// A sealed row: what names it, and what its seal is taken over.
private struct SealedRow {
  let key: Key
  let name: String
  let sealed: Sealed
  let seal: String

  /// The two values that a page goes on after; the second is 0 where one is enough.
  struct Key {
    let first: Value
    let second: Value

    func parameters(seal: String) -> Parameters {
      [":first": first, ":second": second, ":seal": .text(seal)]
    }
  }
}

/// A table whose rows are sealed one by one.
private struct SealedTable: Sendable {
  let name: String
  /// The columns that name a row, as SQL; in their order the table is read.
  let first: String
  let second: String?
  /// What precedes the first row.
  let beginning: Value
  let decode: @Sendable (borrowing Row) throws(Fault) -> SealedRow

  static let all = [jobs, attempts, approvals, keys]

  var update: String {
    "UPDATE \(name) SET seal = :seal WHERE \(first) = :first AND \(second ?? "0") = :second"
  }

  func page(after last: SealedRow?, _ store: Store) throws(Fault) -> [SealedRow] {
    try store.rows(
      """
      SELECT   *
      FROM     \(name)
      WHERE    (\(first), \(second ?? "0")) > (:first, :second)
      ORDER BY \(second.map { "\(first), \($0)" } ?? first)
      LIMIT    1000
      """,
      [":first": last?.key.first ?? beginning, ":second": last?.key.second ?? .integer(0)],
      decode: decode)
  }

  private static let jobs = SealedTable(
    name: "job", first: "batch", second: "number", beginning: .text("")
  ) { row throws(Fault) in
    let id = JobID(batch: BatchID(row.text("batch")), number: Int(row.integer("number")))
    return SealedRow(
      key: SealedRow.Key(first: .text(id.batch.text), second: .integer(id.number)),
      name: id.description, sealed: try PlannedJob(row: row).sealed(in: id.batch),
      seal: row.text("seal"))
  }

  private static let attempts = SealedTable(
    name: "attempt", first: "batch", second: "number", beginning: .text("")
  ) { row throws(Fault) in
    let attempt = StoredAttempt(row: row)
    return SealedRow(
      key: SealedRow.Key(
        first: .text(attempt.job.batch.text), second: .integer(attempt.job.number)),
      name: "the attempt of \(attempt.job)", sealed: attempt.sealed, seal: row.text("seal"))
  }

  private static let approvals = SealedTable(
    name: "approval", first: "id", second: nil, beginning: .integer(0)
  ) { row throws(Fault) in
    let approval = try ApprovalRecord(row: row)
    return SealedRow(
      key: SealedRow.Key(first: .integer(row.integer("id")), second: .integer(0)),
      name: "the approval of \(approval.batch)", sealed: approval.sealed, seal: approval.seal)
  }

  private static let keys = SealedTable(
    name: "vault_key", first: "id", second: nil, beginning: .text("")
  ) { row throws(Fault) in
    let key = try VaultKey(row: row)
    return SealedRow(
      key: SealedRow.Key(first: .text(key.id.text), second: .integer(0)), name: key.id.text,
      sealed: key.sealed, seal: key.seal)
  }
}
