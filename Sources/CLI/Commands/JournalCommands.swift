internal import Audit
internal import Domain
internal import JSON
internal import Journal

extension Command {
  static let journalVerify = Command(
    spec: CommandSpec(
      "journal verify", group: .homeAndJournal,
      summary: "check the journal's seals, and every table against it",
      options: [
        OptionSpec(
          "--expect-head", value: "SEQUENCE:SEAL",
          "an end of the journal that was kept, as `journal head` and reports print it")
      ],
      examples: [
        "sluice journal verify", "sluice journal verify --expect-head 1712:9f3c0a5be1d2c4f7",
      ],
      discussion: """
        Each entry's seal covers the entry and the seal before it, under the home's seal.key. \
        States, holds, keys, budgets and approvals are rebuilt from the journal alone and compared \
        with the tables. The first entry that is wrong, or that a table contradicts, is named by \
        its sequence (exit 74).

        --expect-head finds a journal that was cut short or written anew since that end was kept, \
        even by somebody who has the seal key.
        """),
    run: { session throws(Fault) in
      let expected = try session.expectedHead()
      let store = try session.openStoreForAnybody()
      let head = try Audit(store).verify()
      if let expected { try store.require(expected) }
      try session.show(
        ["entries": .integer(head.sequence), "head": .string(head.description), "whole": true],
        """
        The journal is whole up to its entry \(groupedDigits(Int(head.sequence))), and every table \
        agrees with it, head \(head)
        """)
      return .done
    })

  static let journalExport = Command(
    spec: CommandSpec(
      "journal export", group: .homeAndJournal,
      summary: "print every journal entry, one JSON object a line",
      examples: ["sluice journal export > journal.jsonl"]),
    run: { session throws(Fault) in
      let store = try session.openStoreForAnybody()
      try store.snapshot { () throws(Fault) in
        try store.forEachEntry { entry throws(Fault) in try session.write(entry.json.text + "\n") }
      }
      return .done
    })

  static let journalHead = Command(
    spec: CommandSpec(
      "journal head", group: .homeAndJournal,
      summary: "print the last sequence and seal, to compare later",
      options: [
        OptionSpec("--accept", "take the journal as it is, though the file `head` disputes it"),
        OptionSpec("--reason", value: "TEXT", "why it is right as it is; needed with --accept"),
      ],
      examples: [
        "sluice journal head",
        "sluice journal head --accept --reason \"backup of Monday restored\"",
      ],
      discussion: """
        Keep what it prints away from this machine; `sluice journal verify --expect-head` takes it.

        The file `head` beside seal.key holds how far the journal had come. When it is missing or \
        ahead, entries were cut off or an older copy of the database was put back, and nothing is \
        written. What was charged since that copy is not in it: `sluice doctor --restored` looks \
        at Stripe first. Then --accept goes on from the journal there is; both ends are journaled.
        """),
    run: { session throws(Fault) in
      let decides = session.invocation.flag("--accept")
      let store = try decides ? session.openStore() : session.openStoreForAnybody()
      let accepted = try session.acceptedHead(store)
      let head = if let accepted { accepted } else { try store.journalHead() }
      try session.show(
        ["sequence": .integer(head.sequence), "seal": .string(head.seal)],
        "\(head.sequence):\(head.seal)")
      return .done
    })

  static let journalRekey = Command(
    spec: CommandSpec(
      "journal rekey", group: .homeAndJournal, summary: "seal everything anew under a new key",
      examples: ["sluice journal rekey"],
      discussion: """
        The new key is put before the older ones in seal.key; those only verify the entries of \
        their time. No batch may be worked on meanwhile. Do it when somebody may have read seal.key.
        """),
    run: { session throws(Fault) in
      let store = try session.openStore()
      var random = SystemRandomNumberGenerator()
      let key = try Audit(store).rekey(using: &random)
      try store.checkpointIfLarge()
      try session.show(
        ["seal_key": .string(key)],
        """
        The home is sealed with the new key \(key).
        Copy \(store.home.sealKeyPath) to your backups: backups made before go with it, too, and \
        those made from now on need it.
        """)
      return .done
    })
}

extension Session {
  fileprivate func expectedHead() throws(Fault) -> ExpectedHead? {
    guard let word = invocation.value("--expect-head") else { return nil }
    guard let expected = ExpectedHead(word) else {
      throw Fault(
        .usage, "\(quoted(word)) is no end of a journal",
        hint: "write it like --expect-head 1712:9f3c0a5be1d2c4f7, with 16 to 64 digits of the seal")
    }
    return expected
  }

  /// The end of the journal once a person's word for it is written; nil when none was given.
  fileprivate func acceptedHead(_ store: Store) throws(Fault) -> JournalHead? {
    let reason = try text("--reason")
    guard invocation.flag("--accept") else {
      if reason != nil {
        throw Fault(.usage, "--reason goes with --accept", hint: "sluice journal head --help")
      }
      return nil
    }
    guard let reason, !reason.isEmpty else {
      throw Fault(
        .usage, "--accept needs a reason, which the journal keeps",
        hint: "sluice journal head --accept --reason \"backup of Monday restored\"")
    }
    return try store.acceptHead(reason: reason)
  }
}

extension JournalEntry {
  fileprivate var json: JSONValue {
    [
      "sequence": .integer(sequence), "at": .string(at.description),
      "at_ms": .integer(at.milliseconds), "actor": .string(actor), "event": .string(event),
      "subject": .string(subject), "body": .string(body), "seal_key": .string(sealKey),
      "seal": .string(seal),
    ]
  }
}
