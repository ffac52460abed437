internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Planner
internal import Report
internal import System

extension Command {
  static let standingApprove = Command(
    spec: CommandSpec(
      "standing approve", group: .decide,
      summary: "approve beforehand what a job file plans",
      arguments: [ArgumentSpec("JOBFILE", "the job file, exactly as it is now")],
      options: [
        Words.total, Words.perJob,
        OptionSpec(
          "--jobs", value: "N", "how many jobs may be approved under it", isRequired: true),
        OptionSpec(
          "--until", value: "DATE", "the last day it counts, UTC: 2026-12-31", isRequired: true),
        OptionSpec(
          "--digest", value: "DIGEST",
          "the job file's SHA-256 in full; needed without a terminal"),
        OptionSpec("--note", value: "TEXT", "why, for the journal"),
      ],
      examples: [
        """
        sluice standing approve jobs/overdue.json --total usd=5000.00 \\
              --per-job usd=99.00 --jobs 2000 --until 2026-12-31
        """
      ],
      discussion: """
        `sluice cron` approves a batch that it has gathered by this job file where all of the \
        batch fits: the limits count over the whole life of the standing approval. What does not \
        fit waits for a person, and so does what was handed in, and a batch with a reference that \
        was declined, left out by --except, rejected or cancelled before. Any change of the job \
        file ends it; what its source lists, or a program behind it, is not part of the file.
        """),
    run: { session throws(Fault) in
      let jobFile = try JobFileReader.read(path: session.invocation.argument("JOBFILE") ?? "")
      let limits = try session.standingLimits()
      let note = try session.text("--note")
      let store = try session.openStore()
      guard try session.agrees(to: jobFile, within: limits) else {
        session.note("Not approved; nothing changed.")
        return .notAllowed
      }
      var random = SystemRandomNumberGenerator()
      let standing = try StandingApprovals(store).approve(
        jobFile, within: limits, by: session.person(in: store), note: note, using: &random)
      let use = StandingUse(approval: standing)
      try session.show(
        use.json(at: session.clock.now()),
        """
        \(standing.id), approved by \(standing.person.name), covers of \(jobFile.name) \
        \(limits.words).
        To end it before: sluice standing withdraw \(standing.id)
        """, of: store.facts)
      return .done
    })

  static let standingList = Command(
    spec: CommandSpec(
      "standing list", group: .decide,
      summary: "list standing approvals and what was approved under each",
      examples: ["sluice standing list"]),
    run: { session throws(Fault) in
      let store = try session.openStoreForAnybody()
      let uses = try store.snapshot { () throws(Fault) in try StandingApprovals(store).uses() }
      let now = session.clock.now()
      var table = Table([
        "STANDING", .text("JOB FILE", least: 10), "STATE", "BY", " JOBS", " APPROVED", "UNTIL",
      ])
      for use in uses {
        let limits = use.approval.limits
        table.add([
          use.approval.id.text, use.approval.jobFile, use.standing(at: now).rawValue,
          use.approval.person.name, "\(groupedDigits(use.jobs))/\(groupedDigits(limits.jobs))",
          use.amountWords, limits.until.description,
        ])
      }
      try session.show(
        ["standing": .array(uses.map { $0.json(at: now) })],
        uses.isEmpty
          ? "There is no standing approval; see `sluice standing approve --help`." : table.text,
        of: store.facts)
      return .done
    })

  static let standingWithdraw = Command(
    spec: CommandSpec(
      "standing withdraw", group: .decide, summary: "end a standing approval at once",
      arguments: [ArgumentSpec("STANDING", "its name, or the beginning of it")],
      options: [OptionSpec("--reason", value: "TEXT", "why, for the journal")],
      examples: ["sluice standing withdraw standing-7k2m4x"],
      discussion: """
        Nothing more is approved under it. A batch that was, and is not finished, halts at its \
        next claim and waits for a person.
        """),
    run: { session throws(Fault) in
      let reason = try session.text("--reason")
      let standing = StandingApprovals(try session.openStoreForAnybody())
      let approval = try standing.approval(
        matching: session.invocation.argument("STANDING") ?? "")
      let isNew = try standing.withdraw(approval.id, reason: reason)
      try session.show(
        ["standing": .string(approval.id.text), "withdrawn": true, "changed": .bool(isNew)],
        isNew ? "\(approval.id) is withdrawn." : "\(approval.id) was withdrawn already.")
      return .done
    })
}

extension Words {
  fileprivate static let total = OptionSpec(
    "--total", value: "CUR=DECIMAL", "all that may be approved under it", isRequired: true,
    repeats: true)
  fileprivate static let perJob = OptionSpec(
    "--per-job", value: "CUR=DECIMAL", "the most that one job may move", isRequired: true,
    repeats: true)
}

extension Session {
  fileprivate func standingLimits() throws(Fault) -> StandingLimits {
    guard let jobs = Int(invocation.value("--jobs") ?? ""), jobs > 0 else {
      throw Fault(
        .usage, "--jobs takes a number from 1 on", hint: "write it like --jobs 2000")
    }
    let day = invocation.value("--until") ?? ""
    guard let until = Timestamp(endOfDay: day) else {
      throw Fault(
        .usage, "\(quoted(day)) is no day", hint: "write it like --until 2026-12-31")
    }
    guard until > clock.now() else {
      throw Fault(.usage, "\(day) is over", hint: "name a day to come")
    }
    let total = try amounts("--total")
    let perJob = try amounts("--per-job")
    guard Set(total.map(\.currency)) == Set(perJob.map(\.currency)) else {
      throw Fault(
        .usage, "--total and --per-job name different currencies",
        hint: "give both in each currency")
    }
    return StandingLimits(total: total, perJob: perJob, jobs: jobs, until: until)
  }

  /// Whether the person agrees to the job file as it is: by its digest, or on a terminal.
  fileprivate func agrees(
    to jobFile: JobFile, within limits: StandingLimits
  ) throws(Fault) -> Bool {
    let digest = hex(SHA256.digest(jobFile.bytes))
    if let given = invocation.value("--digest") {
      guard given == digest else {
        throw Fault(
          .notAllowed, "that digest is not the one of the job file as it is now",
          hint: "read the file again; its digest is \(digest)")
      }
      return true
    }
    guard Terminal.canAsk, !wantsJSON else {
      throw Fault(
        .usage, "there is no terminal to ask on, so the job file's digest is needed",
        hint: "read the file, then add --digest with its SHA-256, as sha256sum prints it")
    }
    try write(
      """
      \(jobFile.text)
      digest \(digest)
      It would cover \(limits.words).

      """)
    return ["y", "yes"].contains(
      Terminal.ask("Approve what this job file plans, within these limits? [y/N] ")?.lowercased())
  }
}

extension JobFile {
  /// The file as a person reads it, fit for a terminal.
  fileprivate var text: String {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.map { printable(String(decoding: $0, as: UTF8.self)) }.joined(separator: "\n")
  }
}

extension StandingLimits {
  /// "up to 2,000 jobs of up to 99.00 usd each, 5,000.00 usd in all, until 2027-01-01T00:00:00Z".
  fileprivate var words: String {
    let each = perJob.map(\.description).joined(separator: " or ")
    let all = total.map(\.description).joined(separator: " and ")
    return "up to \(counted(jobs, "job")) of up to \(each) each, \(all) in all, until \(until)"
  }
}

extension StandingUse {
  /// What is approved of what may be: "120.00 of 5,000.00 usd".
  fileprivate var amountWords: String {
    approval.limits.total.map { limit in
      let used = amounts.first { $0.currency == limit.currency }
      let none = Money(minorUnits: 0, currency: limit.currency)
      return "\((used ?? none).grouped) of \(limit)"
    }.joined(separator: ", ")
  }

  fileprivate func json(at now: Timestamp) -> JSONValue {
    [
      "standing": .string(approval.id.text), "state": .string(standing(at: now).rawValue),
      "job_file": .string(approval.jobFile), "job_file_digest": .string(approval.jobFileDigest),
      "approver": .string(approval.person.name),
      "approved_at": .string(approval.approvedAt.description),
      "total": StandingApproval.json(approval.limits.total),
      "per_job": StandingApproval.json(approval.limits.perJob),
      "jobs": .integer(Int64(approval.limits.jobs)),
      "until": .string(approval.limits.until.description),
      "approved_jobs": .integer(Int64(jobs)), "approved": StandingApproval.json(amounts),
      "withdrawn_at": .optional(withdrawnAt?.description), "note": .optional(approval.note),
    ]
  }
}
