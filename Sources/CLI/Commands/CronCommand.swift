internal import Domain
internal import Journal
internal import Planner
internal import System

extension Command {
  static let cron = Command(
    spec: CommandSpec(
      "cron", group: .run, summary: "do one billing run of a job file, unattended",
      arguments: [ArgumentSpec("JOBFILE", "the job file, with a source")],
      options: [Words.logFormat, Words.stripeKeyFile, Words.stripeURL],
      examples: [
        "sluice cron jobs/overdue.json",
        "17 3 * * * /usr/local/bin/sluice cron -q /srv/jobs/overdue.json",
      ],
      discussion: """
        It drains what an earlier run left approved, then gathers the job file's source, submits \
        what is new, runs it if a standing approval covers it (see `sluice standing approve`), \
        reports, and tells the webhook that the job file's notify names. While a batch waits for \
        approval it submits nothing; it looks each time whether a standing approval covers the \
        batch by now. One that is stopped by itself is left out. Never two at once: the second \
        ends with 75.

        With --quiet it prints only when a person is needed, so that cron mails only then. With \
        schedule_every in the job file a run that starts late says so. Exit 14: a batch waits for \
        approval; otherwise as for `sluice run`.
        """),
    run: { session throws(Fault) in
      let jobFile = try JobFileReader.read(path: session.invocation.argument("JOBFILE") ?? "")
      let store = try session.openStore()
      let lock = try store.home.lock(cronOf: jobFile.name)
      defer { lock.unlock() }
      Interrupt.install()
      return try BillingRun(session, store, jobFile).carryOut()
    })
}
