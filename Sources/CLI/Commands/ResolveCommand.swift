internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Worker

extension Command {
  static let resolve = Command(
    spec: CommandSpec(
      "resolve", group: .run, summary: "settle a job by what you have found out yourself",
      arguments: [Words.batch, ArgumentSpec("NUMBER", "the job, by its number in the batch")],
      options: [
        OptionSpec("--charged", value: "ID", "this object of Stripe's is the job's"),
        OptionSpec("--not-charged", "no money moved"),
        OptionSpec("--evidence", value: "TEXT", "what you have seen; kept in the journal"),
        Words.stripeKeyFile, Words.stripeURL,
      ],
      examples: [
        "sluice resolve overdue-20261122 12 --charged pi_3QK2",
        "sluice resolve overdue-20261122 12 --not-charged --evidence \"asked Stripe\"",
      ],
      discussion: """
        --charged fetches the object, which has to match the job in everything. --not-charged \
        takes 24 hours since the last send, evidence, a last look at Stripe and, in live mode, a \
        second person who says the same. What Stripe shows always counts more.
        """),
    run: { session throws(Fault) in
      let resolution = try session.resolution()
      let evidence = try session.evidence(resolution)
      let store = try session.openStore()
      let batch = try JobQueue(store).batch(matching: session.batchWord)
      try session.requireSameStripe([batch.id], store)
      let job = JobID(batch: batch.id, number: try session.jobNumber(of: batch))
      let worker = Worker(
        store: store, connection: try session.connect(store), signals: Progress(session, store),
        random: SystemRandomNumberGenerator())
      let resolved = try worker.resolve(
        job, as: resolution, evidence: evidence, by: session.person(in: store))
      return try session.tell(resolved, of: job)
    })
}

extension Session {
  fileprivate func resolution() throws(Fault) -> Resolution {
    let object = invocation.value("--charged")
    switch (object, invocation.flag("--not-charged")) {
    case (.some(let id), false): return .charged(object: id)
    case (nil, true): return .notCharged
    case (nil, false), (.some, true):
      throw Fault(
        .usage, "say either --charged ID or --not-charged", hint: "see `sluice resolve --help`")
    }
  }

  fileprivate func evidence(_ resolution: Resolution) throws(Fault) -> String {
    if let evidence = try text("--evidence") { return evidence }
    switch resolution {
    case .charged(let object): return "Stripe shows \(printable(object.prefix(100)))"
    case .notCharged:
      throw Fault(
        .usage, "--not-charged needs --evidence TEXT",
        hint: "say what you have looked at, and when: it stays in the journal")
    }
  }

  fileprivate func jobNumber(of batch: Batch) throws(Fault) -> Int {
    let word = invocation.argument("NUMBER") ?? ""
    guard let number = Int(word.drop { $0 == "#" }), (1...batch.jobs).contains(number) else {
      throw Fault(
        .usage, "\(batch.id) has no job \(quoted(word))",
        hint: "its jobs are #1 to #\(batch.jobs): `sluice show \(batch.id) --jobs`")
    }
    return number
  }

  fileprivate func tell(_ resolved: Resolved, of job: JobID) throws(Fault) -> ExitCode {
    let (outcome, sentence): (JobOutcome, String) =
      switch resolved {
      case .settled(let outcome): (outcome, "\(job) is \(outcome.rawValue).")
      case .found(let outcome):
        (outcome, "Stripe shows \(job) as \(outcome.rawValue), so that is what it is now.")
      case .stated:
        (
          .unknown,
          "Noted. In live mode a second person has to say the same about \(job), "
            + "from their own login."
        )
      }
    try show(
      [
        "batch": .string(job.batch.text), "number": .integer(Int64(job.number)),
        "state": .string(outcome.rawValue), "found_at_stripe": .bool(isFound(resolved)),
      ], sentence)
    return resolved == .stated ? .needsPerson : .done
  }

  private func isFound(_ resolved: Resolved) -> Bool {
    switch resolved {
    case .found: true
    case .settled, .stated: false
    }
  }
}
