internal import Domain
internal import Journal
internal import Queue

extension Command {
  static let list = Command(
    spec: CommandSpec(
      "list", group: .look, summary: "list the batches, newest first",
      options: [
        OptionSpec(
          "--state", value: "STATE", "only batches in this state", repeats: true,
          choices: BatchState.allCases.map(\.rawValue)),
        OptionSpec("--limit", value: "N", "at most N batches"),
        OptionSpec("--watch", "show those under way again and again, until Ctrl-C"),
      ],
      examples: [
        "sluice list", "sluice list --state halted --state approved", "sluice list --limit 5",
        "sluice list --watch",
      ],
      discussion: """
        A batch whose jobs do not add up to what was submitted is named in a warning and left out. \
        With --quiet it prints their names only. --state draft shows what planners are putting \
        together over MCP and have not submitted, at most N of them, too.

        --watch looks once a second at the batches that are not at their end, or in the states you \
        name: what is charged of each cap, and which process works on it now. It reads only. Where \
        standard output is no terminal it prints again only what has changed: a table, or with \
        --json a document on a line.
        """),
    run: { session throws(Fault) in
      let limit = try session.limit("--limit")
      let store = try session.openStoreForAnybody()
      let states = session.invocation.values("--state").compactMap(BatchState.init(rawValue:))
      guard !session.invocation.flag("--watch") else {
        let open: [BatchState] = [.submitted, .approved, .running, .halted]
        let watch = BatchWatch(session, store, states.isEmpty ? open : states, limit)
        return try watch.run()
      }
      let listing = try BatchListing(store, in: states, limit, onlyNames: session.wantsNames)
      for problem in listing.problems { session.warn(problem) }
      if session.wantsNames {
        try session.write(listing.names)
      } else {
        try session.show(listing.json, listing.text, of: store.facts)
        if let stop = try StopSwitch(store).current() {
          session.warn("\(stop.sentence); lift it with `sluice unstop`")
        }
      }
      return .done
    })
}

extension Session {
  /// Whether a listing is to be the names of the batches, a line each.
  var wantsNames: Bool { isQuiet && !wantsJSON }
}
