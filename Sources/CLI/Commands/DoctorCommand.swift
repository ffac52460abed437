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
      if isRestored, session.invocation.value("--job") != nil {
        throw Fault(
          .usage, "--restored and --job ask for two examinations", hint: "leave one of them out")
      }
      return isRestored ? try session.examineRestored() : try session.examine()
    })
}

extension Session {
  fileprivate func examine() throws(Fault) -> ExitCode {
    var examination = Examination(patient)
    if invocation.flag("--accept-clock"), examination.isClockRight {
      let store = try openStore()
      let accepted = AcceptedClock(store)
      if let ahead = try accepted.ahead(tolerance: StripeClock.tolerance) {
        try accepted.accept(ahead)
        examination = Examination(patient)
      }
    }
    return try tell(examination.findings, of: examination.facts)
  }

  private var patient: Patient {
    Patient(
      home: home, clock: clock, actor: login.name, environment: environment,
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
