import Support
import Testing

/// A home with a batch that its cap halted and another one that waits for approval.
struct Prepared {
  let home: CrashHome
  let halted: String
  let waiting: SubmittedPlan
  let key: String

  init() throws {
    home = try CrashHome()
    halted = try home.plan(["cus_1", "cus_2", "cus_3"])
    try home.succeed(["run", halted], status: 11)
    waiting = try home.submit(["cus_4", "cus_5"])
    try home.write("account,amount,reference\ncus_6,1.00,in_6\n", to: "more.csv")
    key = try #require(try home.report(halted).keys.first)
  }
}

/// A command that writes one transaction.
struct Deed: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// What a person types.
  let words: @Sendable (Prepared) -> [String]
  /// The entries it leaves in the journal.
  let events: [String]
  /// How the same words end once it is done.
  let again: Int32
  /// The entries that the same words leave once it is done.
  let repeated: [String]

  init(
    _ name: String, _ events: String..., again: Int32 = 0, repeated: [String] = [],
    words: @escaping @Sendable (Prepared) -> [String]
  ) {
    testDescription = name
    self.words = words
    self.events = events
    self.again = again
    self.repeated = repeated
  }

  static let all = [
    // Once more it is a batch of duplicates.
    Deed("submit", "submitted", repeated: ["skipped", "submitted"]) { _ in
      ["submit", "more.csv", "--job", "job.json"]
    },
    Deed("approve", "approved", again: 77) {
      ["approve", $0.waiting.batch, "--digest", $0.waiting.digest]
    },
    Deed("reject", "rejected", again: 77) {
      ["reject", $0.waiting.batch, "--reason", "wrong list"]
    },
    Deed("amend", "amended", again: 77) { ["amend", $0.halted, "--cap", "usd=3.00"] },
    Deed("cancel", "cancelled", again: 77) { ["cancel", $0.halted] },
    Deed("revoke", "key_revoked") { ["keys", "revoke", $0.key, "--reason", "lost"] },
    Deed("stop", "stopped") { _ in ["stop", "--reason", "wrong list"] },
    Deed("budget", "budget_set") { _ in ["budget", "set", "usd=5.00", "--per", "day"] },
    Deed("rekey", "rekeyed", repeated: ["rekeyed"]) { _ in ["journal", "rekey"] },
  ]
}
