package import Domain
internal import JSON

extension Store {
  /// When the last billing run of a job file that came to its end had started; where none did, when
  /// the first one started, and nil where there was none.
  package func lastBillingRun(of jobFile: JobFile) throws(Fault) -> Timestamp? {
    let subject = jobFile.cronSubject
    guard let ended = try lastEvent(of: subject, among: [.cronEnded]) else {
      return try events(of: subject, among: [.cronStarted]).first?.at
    }
    guard let start = ended.fields?["started_at_ms"]?.integer else {
      throw .untrusted("the journal's entry \(ended.sequence) is no end of a billing run")
    }
    return Timestamp(milliseconds: start)
  }
}
