internal import Domain
internal import Journal
internal import MCP
internal import Planner
internal import Service

extension Command {
  static let mcp = Command(
    spec: CommandSpec(
      "mcp", group: .plan, summary: "let an agent plan, over the Model Context Protocol",
      options: [
        OptionSpec(
          "--job", value: "JOBFILE", "a job file that the agent may plan under", isRequired: true,
          repeats: true),
        OptionSpec(
          "--planner", value: "NAME", "who plans, as a label; otherwise agent"),
        Words.stripeURL,
      ],
      examples: [
        "sluice mcp --job jobs/overdue.json",
        "sluice mcp --job jobs/overdue.json --job jobs/refunds.json --planner agent",
      ],
      discussion: """
        An MCP client starts it and talks to it on standard input and output, one JSON object a \
        line, until the input ends. The agent plans charges into a draft, previews it, submits it \
        as a batch and looks at what became of it. It cannot approve, run or decide, and it never \
        sees what Stripe calls anything.

        The job files fix operation, policy and caps. How much a planner may queue is in \
        planners.json in the home; without it, 20 open batches, 10,000 jobs in a batch and 20,000 \
        jobs an hour.
        """),
    run: { session throws(Fault) in
      let jobFiles = try session.offeredJobFiles()
      let planner = try session.text("--planner") ?? "agent"
      // What is wrong with the home is told to whoever starts the server, not to the agent.
      _ = try session.desk(of: planner, jobFiles)
      try MCPServer(version: Session.version, jobFiles: jobFiles) { () throws(Fault) in
        try session.desk(of: planner, jobFiles)
      }.serve()
      return .done
    })
}

extension Session {
  /// The job files that `--job` names, no name twice.
  fileprivate func offeredJobFiles() throws(Fault) -> [JobFile] {
    var jobFiles: [JobFile] = []
    for path in invocation.values("--job") {
      let jobFile = try JobFileReader.read(path: path)
      guard !jobFiles.contains(where: { $0.name == jobFile.name }) else {
        throw Fault(
          .usage, "two job files are named \(quoted(jobFile.name))",
          hint: "an agent chooses them by name: give each its own")
      }
      jobFiles.append(jobFile)
    }
    return jobFiles
  }

  /// A planner's desk in the home as it is now.
  fileprivate func desk(
    of planner: String, _ jobFiles: [JobFile]
  ) throws(Fault) -> PlannerDesk {
    let store = try openStore()
    return PlannerDesk(
      store,
      PlannerAccess(
        submitter: try submitter(store, planner), jobFiles: jobFiles,
        quota: try quota(of: planner)))
  }
}
