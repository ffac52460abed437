internal import Domain
internal import JSON
internal import Journal
internal import Queue

extension Command {
  static let stop = Command(
    spec: CommandSpec(
      "stop", group: .keysAndStops, summary: "stop every worker, or one batch, at the next claim",
      arguments: [Words.stoppedBatch],
      options: [OptionSpec("--reason", value: "TEXT", "why, for the journal and the report")],
      examples: [
        "sluice stop --reason \"wrong list\"", "sluice stop overdue-20261122 --reason \"ask Ana\"",
      ],
      discussion: """
        The request in flight is finished and settled; nothing is claimed or sent again until \
        `sluice unstop`. A batch that was halted by it goes on with `sluice run BATCH`.
        """),
    run: { session throws(Fault) in
      let reason = try session.text("--reason") ?? "no reason given"
      let store = try session.openStoreForAnybody()
      let batch = try session.stoppedBatch(store)
      let isNew = try StopSwitch(store, of: batch).stop(reason: reason)
      let unstop = "sluice unstop" + (batch.map { " \($0)" } ?? "")
      try session.show(
        ["stopped": true, "batch": .optional(batch?.text), "changed": .bool(isNew)],
        isNew
          ? "\(batch?.text ?? "Everything") is stopped. `\(unstop)` lets work go on."
          : "It is stopped already.")
      return .done
    })

  static let unstop = Command(
    spec: CommandSpec(
      "unstop", group: .keysAndStops, summary: "lift a stop", arguments: [Words.stoppedBatch],
      examples: ["sluice unstop", "sluice unstop overdue-20261122"],
      discussion: "The stop of everything and that of a batch are lifted each by itself."),
    run: { session throws(Fault) in
      let store = try session.openStore()
      let batch = try session.stoppedBatch(store)
      let isNew = try StopSwitch(store, of: batch).lift()
      try session.show(
        ["stopped": false, "batch": .optional(batch?.text), "changed": .bool(isNew)],
        isNew ? "The stop is lifted." : "Nothing was stopped.")
      return .done
    })
}

extension Words {
  fileprivate static let stoppedBatch = ArgumentSpec(
    "BATCH", "one batch, by any unique beginning of its name; otherwise every one",
    isRequired: false)
}

extension Session {
  fileprivate func stoppedBatch(_ store: Store) throws(Fault) -> BatchID? {
    guard let word = invocation.argument("BATCH") else { return nil }
    return try JobQueue(store).batch(matching: word).id
  }
}
