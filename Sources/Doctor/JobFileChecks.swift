internal import Domain
internal import Journal
internal import Notice
internal import System

/// What a billing run of a job file needs: a source, a schedule that is kept, a webhook.
extension Examination {
  func examineSchedule(of jobFile: JobFile, _ store: Store?) {
    add("source") { () throws(Fault) in try source(of: jobFile) }
    if let store {
      add("schedule") { () throws(Fault) in try schedule(of: jobFile, store) }
    }
    guard let variable = jobFile.webhookVariable else { return }
    let webhook = Webhook(
      variable: variable, in: patient.environment, programVersion: "")
    guard let problem = webhook.problem else {
      return add(.ok("webhook", "$\(variable) is set and well formed"))
    }
    add(
      .warning(
        "webhook", "nobody would be told: \(problem)",
        hint: "set it to an https address where the billing run starts, in a file of mode 600: "
          + "the address is a secret, and never shown"))
  }

  private func schedule(of jobFile: JobFile, _ store: Store) throws(Fault) -> Diagnosis {
    guard let every = jobFile.scheduleEvery else {
      return .ok("schedule", "\(jobFile.name) has no schedule_every, so no run of it is ever late")
    }
    guard let last = try store.lastBillingRun(of: jobFile) else {
      return .warning(
        "schedule", "\(jobFile.name) never ran, due every \(every.words)",
        hint: "add a line with `crontab -e`, by whole paths: "
          + "17 3 * * * /usr/local/bin/sluice cron -q \(jobFilePath)")
    }
    let now = store.clock.now()
    let ago = "\(jobFile.name) last ran \(now.since(last).rounded) ago, due every \(every.words)"
    guard jobFile.isLate(since: last, at: now) else { return .ok("schedule", ago) }
    return .warning(
      "schedule", ago, hint: "see that cron runs, and what it mailed: `crontab -l`")
  }

  private var jobFilePath: String {
    let path = patient.jobFile ?? "JOBFILE"
    return printable(Files.absolute(path) ?? path)
  }

  private func source(of jobFile: JobFile) throws(Fault) -> Diagnosis {
    switch jobFile.source {
    case nil:
      return .warning(
        "source", "\(jobFile.name) names no source, so `sluice cron` has nothing to gather",
        hint: "add a source to it; cron has no standard input either")
    case .stripe: return .ok("source", "the overdue invoices are asked of Stripe")
    case .csv(let path), .jsonLines(let path): return try file(path)
    case .command(let words, _, let folder): return try command(words[0], folder)
    }
  }

  private func file(_ path: String) throws(Fault) -> Diagnosis {
    do throws(SystemError) {
      try Files.requireReadable(path)
    } catch {
      throw Fault(
        error.isDenied ? .notAllowed : .notFound, "\(printable(path)): \(error.message)",
        hint: "check the job file's source, which is relative to the job file")
    }
    return .ok("source", "\(printable(path)) can be read")
  }

  /// Looks for the program as cron would; it is not run.
  private func command(_ name: String, _ folder: String) throws(Fault) -> Diagnosis {
    func find(_ path: String?) throws(SystemError) -> String {
      let program = try Program.find(name, folder: folder, path: path)
      try Program.requireExecutable(program)
      return program
    }
    if let program = try? find(nil) {
      return .ok("source", "the command \(printable(program)) can be run")
    }
    do throws(SystemError) {
      let program = try find(patient.variable("PATH"))
      return .warning(
        "source", "\(printable(name)) is found by your $PATH, and cron's is \(Program.usualPath)",
        hint: "name it \(printable(program)) in the job file, or set PATH in the crontab")
    } catch {
      throw Fault(
        error.isDenied ? .notAllowed : .notFound,
        "the command \(printable(name)) cannot be run: \(error.message)",
        hint: "check the job file's source.command")
    }
  }
}

extension Milliseconds {
  /// About how long it is: "3d", "26h", "5m".
  fileprivate var rounded: String {
    let units: [(letter: String, length: Milliseconds)] = [
      ("d", .days(1)), ("h", .hours(1)), ("m", .minutes(1)),
    ]
    let unit = units.first { count >= 2 * $0.length.count }
    return unit.map { "\(count / $0.length.count)\($0.letter)" } ?? "\(max(count, 0) / 1000)s"
  }
}
