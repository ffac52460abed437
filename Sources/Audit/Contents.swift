internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import SQLite
internal import Vault

/// What the journal holds only as a digest or a seal.
extension Disagreements {
  /// Recomputes the digest of every batch from its rows, and the seal of each of its jobs.
  func addContents() throws(Fault) {
    try store.forEach(
      """
      SELECT batch.id, batch.terms, told.digest, told.submitted
      FROM   batch
      JOIN   temp.told_batch AS told ON told.id = batch.id
      """
    ) { row throws(Fault) in
      let sequence = row.integer("submitted")
      let id = BatchID(row.text("id"))
      // A row that cannot be read at all is named like any other that was altered.
      guard let batch = try? JobQueue(store).batch(id) else {
        return try add(.content, id.text, after: sequence)
      }
      var manifest = Manifest(batch.manifestHead(in: store.facts))
      try store.forEach(
        "SELECT * FROM job WHERE batch = :batch ORDER BY number", [":batch": .text(batch.id.text)]
      ) { row throws(Fault) in
        let job = try? PlannedJob(row: row)
        if let job { manifest.add(job) }
        if job.map({ isAltered($0, of: id, row) }) ?? true {
          let name = JobID(batch: id, number: Int(row.integer("number"))).description
          try add(.seal, name, after: sequence)
        }
      }
      let digest = manifest.digest()
      let isCanonical = row.text("terms") == batch.terms.json.text
      if digest != row.optionalText("digest") || !isCanonical {
        try add(.content, batch.id.text, after: sequence)
      }
    }
  }

  /// Whether a job's row is not what its seal and the digest cover; they read some texts for equal.
  private func isAltered(_ job: PlannedJob, of batch: BatchID, _ row: borrowing Row) -> Bool {
    store.seal(job.sealed(in: batch)) != row.text("seal")
      || job.metadataText != row.text("metadata") || job.paymentMethod == "customer default"
  }

  /// Recomputes every other seal, of the rows that an entry tells of or of all.
  func addSeals(among rows: Extent) throws(Fault) {
    let parameters: Parameters = [":all": .integer(rows.isEverything ? 1 : 0)]
    try addAttemptSeals(parameters)
    try store.forEach(
      """
      SELECT approval.*, told.sequence
      FROM   approval
      LEFT   JOIN temp.told_approval AS told ON told.id = approval.id
      WHERE  :all OR told.id IS NOT NULL
      """, parameters
    ) { row throws(Fault) in
      let approval = try ApprovalRecord(row: row)
      if store.seal(approval.sealed) != approval.seal {
        try add(
          .seal, "the approval of \(approval.batch)", after: row.optionalInteger("sequence"))
      }
    }
    try store.forEach(
      """
      SELECT vault_key.*, told.sequence
      FROM   vault_key
      LEFT   JOIN temp.told_vault_key AS told ON told.id = vault_key.id
      WHERE  :all OR told.id IS NOT NULL
      """, parameters
    ) { row throws(Fault) in
      let key = try? VaultKey(row: row)
      if key.map({ store.seal($0.sealed) != $0.seal }) ?? true {
        try add(.seal, row.text("id"), after: row.optionalInteger("sequence"))
      }
    }
  }

  private func addAttemptSeals(_ parameters: Parameters) throws(Fault) {
    try store.forEach(
      """
      SELECT attempt.*, told.body_sha256, told.sequence
      FROM   attempt
      LEFT   JOIN temp.told_attempt AS told
      ON     told.batch = attempt.batch AND told.number = attempt.number
      WHERE  :all OR told.batch IS NOT NULL
      """, parameters
    ) { row throws(Fault) in
      let attempt = StoredAttempt(row: row)
      let name = "the attempt of \(attempt.job)"
      let sequence = row.optionalInteger("sequence")
      if let told = row.optionalText("body_sha256"), told != attempt.bodySHA256 {
        try add(.content, name, after: sequence)
      } else if store.seal(attempt.sealed) != row.text("seal") {
        try add(.seal, name, after: sequence)
      }
    }
  }
}
