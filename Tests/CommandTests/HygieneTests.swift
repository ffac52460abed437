import Foundation
import Support
import Testing

/// What a process leaves open, inherits or shows to others.
@Suite struct HygieneTests {
  @Test func `a process that could hold keys cannot dump core`() throws {
    let server = try StripeServer()
    try server.script(#"[{"fault": "drip", "seconds": 0.01, "match": "POST /v1/payment"}]"#)
    let slow = try CommandHome(testing: server)
    let batch = try slow.plan(csv(jobs: 1))

    let run = try slow.start(["run", batch])
    try waitUntil("the request is in flight") { try server.charges().count == 1 }
    let limits = try String(contentsOfFile: "/proc/\(run.number)/limits", encoding: .utf8)
    _ = try run.wait()

    let core = try #require(limits.split(separator: "\n").first { $0.contains("core file") })
    #expect(core.split(whereSeparator: \.isWhitespace).dropFirst(4).prefix(2) == ["1", "1"])
  }

  @Test func `a source command sees PATH, HOME and LANG, and nothing of ours is open in it`() throws
  {
    let home = try CommandHome()
    try home.write(
      """
      #!/bin/sh
      env | cut -d= -f1 | sort | tr '\\n' ' ' > seen.env
      ls -l /proc/self/fd | awk 'NR > 1 { print $NF }' > seen.fd
      printf 'account,amount,reference\\ncus_1,1.00,in_1\\n'
      """, to: "export.sh")
    try home.setMode(0o755, of: "../export.sh")
    try home.write(
      JobFileText(more: ",\n \"source\": {\"command\": [\"./export.sh\"]}").text, to: "job.json")

    let outcome = try home.sluice(
      ["submit", "--job", "job.json"],
      environment: ["STRIPE_API_KEY": "rk_test_secret", "LANG": "C", "SLUICE_OTHER": "x"])

    #expect(outcome.status == 0, "\(outcome)")
    let shells: Set<Substring> = ["_", "PWD", "OLDPWD", "SHLVL"]
    let names = Set(try home.read("seen.env").split(separator: " ")).subtracting(shells)
    #expect(names.isSubset(of: ["PATH", "HOME", "LANG"]), "\(names)")
    let files = try home.read("seen.fd")
    for ours in ["sluice.db", "seal.key", "write.lock", "sandbox.db"] {
      #expect(!files.contains(ours), "\(files)")
    }
  }

  @Test(arguments: ["0000", "0022", "0777"])
  func `every file of a home is its owner's alone, whatever the umask`(_ umask: String) throws {
    let home = try CommandHome(mode: nil)
    let masked = ["sh", "-c", "umask \(umask); exec \"$@\"", "sh"] + Sluice.withoutPowers
    try home.write(csv(jobs: 2), to: "plan.csv")
    try home.write(JobFileText().text, to: "job.json")

    let made = try home.sluice(["init", "--quiet"], under: masked)
    let submitted = try home.sluice(["submit", "plan.csv", "--job", "job.json"], under: masked)
    let batch = try #require(try home.states().keys.first)
    try home.approve(batch)
    let run = try home.sluice(["run", batch], under: masked)

    #expect([made, submitted, run].map(\.status) == [0, 0, 0], "\([made, submitted, run])")
    let files = FileManager.default
    for name in try files.subpathsOfDirectory(atPath: home.path) + [""] {
      let facts = try files.attributesOfItem(atPath: home.path + "/" + name)
      let mode = try #require(facts[.posixPermissions] as? Int)
      let wanted = facts[.type] as? FileAttributeType == .typeDirectory ? 0o700 : 0o600
      #expect(mode == wanted, "\(name) has mode \(String(mode, radix: 8))")
    }
  }

  @Test(arguments: [
    ("kim", " (sudo: kim)"), ("CORP\\kim", " (sudo: CORP\\kim)"), ("", ""), ("kim) (x", ""),
    ("k\u{1B}[31m", ""), (String(repeating: "k", count: 65), ""),
  ])
  func `who ran sudo is recorded beside the login, as a claim`(
    _ user: String, _ claim: String
  ) throws {
    let home = try CommandHome()
    let login = try home.submittedBy(csv("cus_1,1.00,in_1"), environment: [:])

    let name = try home.submittedBy(csv("cus_2,1.00,in_2"), environment: ["SUDO_USER": user])
    let same = try home.submittedBy(csv("cus_3,1.00,in_3"), environment: ["SUDO_USER": login])

    #expect(name == login + claim)
    #expect(same == login)
  }

  @Test(arguments: [
    ["approve", "x", "--note"], ["reject", "x", "--reason"], ["cancel", "x", "--reason"],
    ["stop", "--reason"], ["submit", "plan.csv", "--job", "job.json", "--planner"],
    ["resolve", "x", "1", "--not-charged", "--evidence"],
    ["journal", "head", "--accept", "--reason"], ["keys", "revoke", "vk_id_7k2m", "--reason"],
  ])
  func `no text of a person's holds a key, a card number or an escape`(_ words: [String]) throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")
    try home.write(csv(jobs: 1), to: "plan.csv")
    let batch = try home.submit(csv("cus_9,1.00,in_9")).batch
    let command = words.map { $0 == "x" ? batch : $0 }
    let head = try home.succeed(["journal", "head"])

    for text in ["rk_live_4eC39HqLyjWDarjtT1", "4242 4242 4242 4242", "a\u{1B}[31mb", " "] {
      let outcome = try home.sluice(command + [text])

      #expect(outcome.status == 64, "\(outcome)")
      #expect(!outcome.error.contains("4eC39") && !outcome.error.contains("4242 4242"))
      #expect(!outcome.error.contains("\u{1B}"))
    }
    #expect(try home.succeed(["journal", "head"]) == head)
  }
}

extension CommandHome {
  /// Queues a plan in these surroundings, and says who submitted it.
  fileprivate func submittedBy(
    _ plan: String, environment: [String: String]
  ) throws -> String {
    try write(plan, to: "plan.csv")
    try write(JobFileText().text, to: "job.json")
    let words = ["submit", "plan.csv", "--job", "job.json", "--quiet"]
    let batch = try succeed(words, environment: environment).dropLast()
    return try document(["show", String(batch)], as: Origin.self).submitter
  }
}

/// What `show` says of where a batch comes from.
private struct Origin: Decodable {
  let submitter: String

  enum CodingKeys: String, CodingKey { case submitter = "submitted_by" }
}
