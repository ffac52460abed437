package import Domain
internal import JSON
package import Journal

/// What an approval is bound to, as a digest: everything that decides what would be sent.
///
/// The digest is the SHA-256 of these fields as netstrings (`Netstrings`): the format's name
/// `sluice.manifest/1`; home id, mode, API URL, API version and connected account; batch; the job
/// file's name and digest; the terms as canonical JSON; then per job, in order, its fields as
/// `PlannedJob.fields` lists them; last the number of jobs. Anyone can compute it from `show
/// --json`.
package struct Manifest: Sendable {
  private var hash = SHA256()
  private var jobs = 0

  /// The manifest's head; jobs are added to it one by one.
  package init(_ head: ManifestHead) {
    add([
      "sluice.manifest/1", head.home.id, head.home.mode.rawValue, head.apiURL, head.apiVersion,
      head.home.stripeAccount, head.batch.text, head.jobFile, head.jobFileDigest,
      head.terms.json.text,
    ])
  }

  /// Adds the next job.
  package mutating func add(_ job: PlannedJob) {
    jobs += 1
    add(job.fields)
  }

  /// The digest, in hexadecimal.
  package consuming func digest() -> String {
    add([String(jobs)])
    return hex(hash.finish())
  }

  private mutating func add(_ fields: [String?]) {
    hash.update(Netstrings(fields).bytes)
  }
}

/// What the manifest says before its first job.
package struct ManifestHead: Sendable {
  package let home: HomeFacts
  package let batch: BatchID
  package let apiURL: String
  package let apiVersion: String
  package let jobFile: String
  package let jobFileDigest: String
  package var terms: Terms

  /// A head of exactly these parts.
  package init(
    home: HomeFacts, batch: BatchID, apiURL: String, apiVersion: String, jobFile: String,
    jobFileDigest: String, terms: Terms
  ) {
    self.home = home
    self.batch = batch
    self.apiURL = apiURL
    self.apiVersion = apiVersion
    self.jobFile = jobFile
    self.jobFileDigest = jobFileDigest
    self.terms = terms
  }
}

extension PlannedJob {
  /// Every field that digests and seals cover, in their order.
  package var fields: [String?] {
    var fields: [String?] = [
      String(number), String(line), account, String(amount.minorUnits), amount.currency.code,
      operation.rawValue, movement.invoice, movement.charge, reference, description,
      paymentMethod ?? "customer default", reason,
      String(metadata.count),
    ]
    for entry in metadata {
      fields.append(entry.key)
      fields.append(entry.value)
    }
    return fields
  }
}

extension PlannedJob {
  /// What a job's seal is taken over.
  package func sealed(in batch: BatchID) -> Sealed {
    Sealed("sluice.job/1", [batch.text] + fields)
  }
}

extension Store {
  /// The seal over a job's content, which every claim checks.
  package func seal(of job: PlannedJob, in batch: BatchID) -> String {
    seal(job.sealed(in: batch))
  }
}
