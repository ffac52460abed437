internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Report
internal import Service
internal import System

extension Command {
  static let show = Command(
    spec: CommandSpec(
      "show", group: .look, summary: "show a batch: its terms, approvals and jobs",
      arguments: [Words.batch],
      options: [
        OptionSpec("--jobs", "list the jobs as well: every one, or those that are asked for"),
        OptionSpec(
          "--outcome", value: "OUTCOME", "only those under this heading", repeats: true,
          choices: Heading.words),
        OptionSpec(
          "--reason", value: "WORD", "only those skipped or declined for this", repeats: true),
        OptionSpec("--account", value: "ACCOUNT", "only those of this account", repeats: true),
        OptionSpec("--number", value: "NUMBERS", "only these: 12,40-44"),
        OptionSpec("--limit", value: "N", "at most N jobs"),
      ],
      examples: [
        "sluice show overdue-20261122", "sluice show overdue-20261122 --jobs | less",
        "sluice show overdue-20261122 --jobs --outcome declined --reason lost_card",
        "sluice show overdue-20261122 --jobs --number 12,40-44",
      ],
      discussion: """
        Outcomes are the headings of the report; in a halted batch, jobs not reached are skipped. \
        An option that says which jobs lists them, with or without --jobs. In the text, what is \
        too long ends in three dots; --json has all of it.
        """),
    run: { session throws(Fault) in
      let filter = try session.jobFilter()
      let store = try session.openStoreForAnybody()
      let id = try JobQueue(store).batch(matching: session.batchWord).id
      try store.snapshot { () throws(Fault) in try session.tell(id, filter, store) }
      return .done
    })
}

extension Session {
  /// Which jobs are to be listed; nil when none are.
  fileprivate func jobFilter() throws(Fault) -> JobFilter? {
    let filter = JobFilter(
      headings: invocation.values("--outcome").compactMap(Heading.init(word:)),
      reasons: invocation.values("--reason"),
      accounts: invocation.values("--account"), numbers: try jobNumbers("--number"),
      limit: try limit("--limit"))
    return invocation.flag("--jobs") || filter != JobFilter() ? filter : nil
  }

  /// The jobs that an option lists, or nil when it is not given.
  func jobNumbers(_ option: String) throws(Fault) -> JobNumbers? {
    guard let word = invocation.value(option) else { return nil }
    guard let numbers = JobNumbers(word) else {
      throw Fault(
        .usage, "\(quoted(word)) is no list of jobs",
        hint: "write it like \(option) 12,40-44")
    }
    return numbers
  }

  fileprivate func tell(_ id: BatchID, _ filter: JobFilter?, _ store: Store) throws(Fault) {
    let queue = JobQueue(store)
    let standing = try BatchDesk(store).standing(of: id)
    let shown = ShownBatch(
      standing: standing, approvals: try Approver(store).reportedApprovals(of: standing.batch),
      home: store.facts)
    if wantsJSON { return try write(shown, filter, queue) }
    try write(shown.text + "\n")
    guard let filter else { return }
    let extent = try queue.extent(of: shown.batch, matching: filter)
    guard extent.jobs > 0 else { return try write("\nNo job is like that.\n") }
    let listing = JobListing(extent, of: shown.batch)
    var page = "\n" + listing.header + "\n"
    try queue.forEachJob(of: shown.batch, matching: filter) { job throws(Fault) in
      page += listing.line(job) + "\n"
      try writeIfFull(&page)
    }
    try write(page)
  }

  /// Writes some KiB at a time: a write for each job would be slow, and all at once large.
  private func writeIfFull(_ page: inout String) throws(Fault) {
    guard page.utf8.count >= 16 * 1024 else { return }
    try write(page)
    page = ""
  }

  /// One document, the jobs streamed into its last member.
  private func write(
    _ shown: ShownBatch, _ filter: JobFilter?, _ queue: JobQueue
  ) throws(Fault) {
    let text = shown.json.text
    guard let filter else { return try write(text + "\n") }
    var page = String(text.dropLast()) + ",\"jobs\":["
    var isFirst = true
    try queue.forEachJob(of: shown.batch, matching: filter) { job throws(Fault) in
      page += (isFirst ? "" : ",") + job.json.text
      isFirst = false
      try writeIfFull(&page)
    }
    try write(page + "]}\n")
  }
}

extension Heading {
  /// Every word that names a heading.
  fileprivate static var words: [String] {
    let plain = allCases.map(\.rawValue)
    return plain + allCases.map { $0.word(.refund) }.filter { !plain.contains($0) }
  }

  /// The heading of this word; refunded is what people call a refund that is charged in programs.
  fileprivate init?(word: String) {
    let heading = Heading.allCases.first { heading in
      [heading.rawValue, heading.word(.refund)].contains(word)
    }
    guard let heading else { return nil }
    self = heading
  }

  /// The heading as one word of a listing: "in_doubt", "refunded".
  func word(_ family: Family) -> String {
    String(words(family).map { $0 == " " ? "_" : $0 })
  }
}
