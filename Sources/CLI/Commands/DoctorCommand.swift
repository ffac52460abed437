internal import Doctor
internal import Domain
internal import JSON
internal import Journal
internal import Report
internal import Stripe
internal import System
internal import Worker

extension Command {
  static let doctor = Command(
    spec: CommandSpec(
      "doctor", group: .homeAndJournal,
      summary: "check the home, the clock, the key, and what cron needs",
      options: [
        OptionSpec("--job", value: "JOBFILE", "check what a billing run of it needs, too"),
        OptionSpec(
          "--accept-clock", "take this machine's clock for right again after it was ahead"),
        OptionSpec(
          "--restored", "look every queued job up at Stripe, after a backup was put back"),
        Words.stripeKeyFile, Words.stripeURL,
      ],
      examples: [
        "sluice doctor", "sluice doctor --job jobs/overdue.json", "sluice doctor --restored",
      ],
      discussion: """
        A line for each thing that was looked at, and what to do where something is wrong. Nothing \
        is changed, but that --accept-clock, once the clock agrees with Stripe's, journals that \
        entries later than now are known. With --job it also asks Stripe what the key may do: \
        lists are read, one object each, and changes are asked for of objects that do not exist, \
        so nothing can happen.

        --restored sends reads only. A batch of which Stripe knows a queued job already is \
        stopped, though the file `head` disputes the journal; do it before \
        `sluice journal head --accept`.

        Exit 0: nothing is wrong, whatever the warnings; otherwise the first that applies of 74: \
        the home's files; 13: a restored home would charge twice; 77: owner, modes or a permission \
        that is missing; 78: no home or key, or the clock; 69: Stripe cannot be reached; 75: a \
        batch is being worked on; 66, 65: the job file, or planners.json.
        """),
    run: { session throws(Fault) in
      let isRestored = session.invocation.flag("--restored")
      try session.requireOneExamination(isRestored)
      return isRestored ? try session.examineRestored() : try session.examine()
    })
}

extension Session {
  /// A restored home is looked at whole, whatever job file its batches are of, and its clock is
  /// taken as it is.
  fileprivate func requireOneExamination(_ isRestored: Bool) throws(Fault) {
    guard isRestored else { return }
    let others = ["--job": invocation.value("--job") != nil, "--accept-clock": acceptsClock]
    guard let other = others.filter(\.value).keys.min() else { return }
    throw Fault(
      .usage, "--restored looks at every queued job and nothing else, so \(other) asks for more",
      hint: "run `sluice doctor --restored` first, and doctor with \(other) afterwards")
  }

  private var acceptsClock: Bool { invocation.flag("--accept-clock") }

  fileprivate func examine() throws(Fault) -> ExitCode {
    var examination = Examination(patient)
    if acceptsClock, try acceptClock(examination) { examination = Examination(patient) }
    return try tell(examination.findings, of: examination.facts)
  }

  /// Accepts what a clock that was ahead has left, or says why not; whether it did.
  private func acceptClock(_ examination: Examination) throws(Fault) -> Bool {
    guard examination.isClockRight else {
      note("Nothing is accepted: it is not known whether the clock is right.")
      return false
    }
    let accepted = AcceptedClock(try openStore())
    guard let ahead = try accepted.ahead(tolerance: StripeClock.tolerance) else {
      note("There is nothing to accept: no entry is later than now.")
      return false
    }
    try accepted.accept(ahead)
    return true
  }

  private var patient: Patient {
    Patient(
      home: home, clock: clock, login: login, environment: environment,
      homeOption: invocation.value("--home"),
      keyFile: invocation.value("--stripe-key-file"), jobFile: invocation.value("--job"),
      reach: { home, key throws(Fault) in try connect(home, with: key) })
  }

  fileprivate func examineRestored() throws(Fault) -> ExitCode {
    let store = try openStoreForAnybody()
    let restored = Restored(
      store, over: try connect(store), apiURL: try apiURL(of: store.facts))
    return try tell(try restored.examine(), of: store.facts)
  }

  private func tell(_ findings: [Diagnosis], of home: HomeFacts?) throws(Fault) -> ExitCode {
    let shown = isQuiet ? findings.filter { $0.level != .ok } : findings
    // So that a line for it in a crontab mails only when there is something to say.
    if isQuiet, shown.isEmpty, !wantsJSON { return findings.exit }
    let lines = shown.flatMap { finding in
      Layout.labeled(finding.level.rawValue, "\(finding.check): \(finding.message)", width: 9)
        + (finding.hint.map { Layout.wrapped($0, indent: 11) } ?? [])
    }
    try show(
      [
        "findings": .array(findings.map(\.json)),
        "exit": .integer(Int64(findings.exit.rawValue)),
      ], (lines + [summary(of: findings)]).joined(separator: "\n"), of: home)
    return findings.exit
  }

  private func summary(of findings: [Diagnosis]) -> String {
    let (problems, warnings) = (findings.count(of: .problem), findings.count(of: .warning))
    guard problems + warnings > 0 else { return "Nothing is wrong." }
    return "\(counted(problems, "problem")), \(counted(warnings, "warning"))."
  }
}

extension Diagnosis {
  fileprivate var json: JSONValue {
    [
      "check": .string(check), "level": .string(level.rawValue), "message": .string(message),
      "hint": .optional(hint),
    ]
  }
}
