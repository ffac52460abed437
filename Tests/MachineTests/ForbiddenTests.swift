import Support
import Testing

private let database = Machine.home + "/sluice.db"
private let sealKey = Machine.home + "/seal.key"
private let submit = Array(Machine.submitting.dropFirst(4))
private let plan = Array(Machine.planning.dropFirst(4))

/// Every other command of Sluice, as its owner would type it.
private let commands = [
  "approve {waiting}", "reject {waiting} --reason no", "amend {waiting} --cap usd=900.00",
  "cancel {waiting}", "run {approved}", "run", "settle", "preview {waiting}", "list",
  "resolve {done} 1 --not-charged --evidence seen", "show {done} --jobs", "report {done}",
  "keys issue --job \(Machine.jobFile)", "keys list", "budget set usd=1.00 --per day",
  "budget list", "stop", "unstop", "journal verify", "journal export", "journal head",
  "journal rekey", "init", "submit --job \(Machine.jobFile)", "mcp --job \(Machine.jobFile)",
].map { $0.split(separator: " ").map(String.init) }

extension MachineTests {
  /// What a planner must not get through with.
  @Suite struct ForbiddenTests {
    let machine: Machine

    init() throws { machine = try Machine() }

    @Test(arguments: files)
    func `a planner neither reads nor changes a file`(_ attempt: Attempt) throws {
      try machine.expectNothing(of: attempt, as: .agent, because: denied)
    }

    @Test(arguments: commands)
    func `a planner opens no home with the program itself`(_ words: [String]) throws {
      let attempt = Attempt(
        testDescription: "", words: [Machine.program] + words + ["--home", Machine.home],
        status: 77)

      try machine.expectNothing(
        of: attempt, as: .agent, because: #/belongs to sluice-test-billing, and this is sluice-te/#)
    }

    @Test(arguments: commands)
    func `no other command passes sudo`(_ words: [String]) throws {
      let home = ["--home", Machine.home]

      let homeLast: Attempt = .sudo("", [Machine.program] + words + home)
      let homeFirst: Attempt = .sudo(
        "", [Machine.program] + words.prefix(1) + home + words.dropFirst())

      try machine.expectNothing(of: homeLast, as: .agent, because: refused)
      try machine.expectNothing(of: homeFirst, as: .agent, because: refused)
    }

    @Test(arguments: changedWords)
    func `no other word passes sudo`(_ attempt: Attempt) throws {
      try machine.expectNothing(of: attempt, as: .agent, because: refused)
    }

    @Test(arguments: otherWays)
    func `no other way leads through sudo`(_ attempt: Attempt) throws {
      try machine.expectNothing(of: attempt, as: .agent, because: refused)
    }

    /// sudo compares words joined by spaces, so it cannot tell these from the permitted ones.
    @Test(arguments: [submit, plan])
    func `the permitted words do nothing when they are cut otherwise`(_ words: [String]) throws {
      let joints = words.count - 2
      let groupings = (1..<(1 << joints)).map { mask in
        words.dropFirst().dropFirst().indices.reduce(words[1]) { text, index in
          text + (mask >> (index - 2) & 1 == 1 ? " " : "\n") + words[index]
        }.split(separator: "\n").map { "'\($0)'" }.joined(separator: " ")
      }
      let sudo = "sudo -n -u \(User.billing.name) \(words[0])"
      let script = groupings.map { "\(sudo) \($0) <plan.csv; echo $?" }.joined(separator: "\n")
      try machine.run(
        ["sh", "-c", "cat >plan.csv"], as: .agent, input: Machine.plan(["cus_x,x1,1.00,usd"]))
      let before = try Machine.state()

      let outcome = try machine.run(["sh", "-c", script], as: .agent)

      let statuses = outcome.output.split(separator: "\n")
      #expect(statuses.count == groupings.count && groupings.count >= 63)
      #expect(Set(statuses) == ["64", "66"], "\(outcome)")
      #expect(try Machine.state() == before)
    }
  }
}

private let files: [Attempt] = [
  Attempt(testDescription: "read the database", words: ["cat", database], status: 1),
  Attempt(testDescription: "read its log", words: ["cat", database + "-wal"], status: 1),
  Attempt(testDescription: "read the seal key", words: ["cat", sealKey], status: 1),
  Attempt(testDescription: "read head", words: ["cat", Machine.home + "/head"], status: 1),
  Attempt(
    testDescription: "read the sandbox", words: ["cat", Machine.home + "/sandbox.db"], status: 1),
  Attempt(
    testDescription: "open a lock", words: ["cat", Machine.home + "/write.lock"], status: 1),
  Attempt(testDescription: "read the Stripe key", words: ["cat", Machine.keyFile], status: 1),
  Attempt(testDescription: "read the rules", words: ["cat", Machine.rules], status: 1),
  Attempt(testDescription: "list the home", words: ["ls", Machine.home], status: 2),
  Attempt(testDescription: "list the locks", words: ["ls", Machine.home + "/locks"], status: 2),
  Attempt(testDescription: "search the home", words: ["find", Machine.home], status: 1),
  Attempt(testDescription: "enter the home", words: ["sh", "-c", "cd \(Machine.home)"], status: 2),
  Attempt(testDescription: "copy the database", words: ["cp", database, "copy.db"], status: 1),
  Attempt(
    testDescription: "query the database",
    words: ["sqlite3", "-readonly", database, "SELECT * FROM job"], status: 1),
  Attempt(
    testDescription: "query it as immutable",
    words: ["sqlite3", "file:\(database)?immutable=1", "SELECT * FROM job"], status: 1),
  Attempt(
    testDescription: "read through a link",
    words: ["sh", "-c", "ln -sf \(sealKey) link; cat link"], status: 1),
  Attempt(
    testDescription: "hand a link in as a plan",
    words: ["sh", "-c", "ln -sf \(sealKey) link; exec \"$@\" <link", "sh"] + Machine.submitting,
    status: 2),
  Attempt(testDescription: "link a file", words: ["ln", sealKey, "hard"], status: 1),
  Attempt(testDescription: "make a file", words: ["touch", Machine.home + "/mine"], status: 1),
  Attempt(
    testDescription: "write to head",
    words: ["sh", "-c", "echo mine >>\(Machine.home)/head"], status: 2),
  Attempt(testDescription: "remove the seal key", words: ["rm", "-f", sealKey], status: 1),
  Attempt(testDescription: "open the home", words: ["chmod", "0777", Machine.home], status: 1),
  Attempt(
    testDescription: "take the home", words: ["chown", User.agent.name, Machine.home], status: 1),
  Attempt(testDescription: "move the home away", words: ["mv", Machine.home, "home"], status: 1),
  Attempt(
    testDescription: "change the job file",
    words: ["sh", "-c", "echo >>\(Machine.jobFile)"], status: 2),
  Attempt(
    testDescription: "put another job file in its place",
    words: ["sh", "-c", "echo >mine.json; mv mine.json \(Machine.jobFile)"], status: 1),
  Attempt(
    testDescription: "put a job file beside it",
    words: ["touch", "/srv/sluice-test-jobs/mine.json"], status: 1),
  Attempt(
    testDescription: "replace the program", words: ["cp", "/bin/sh", Machine.program], status: 1),
  Attempt(
    testDescription: "add a rule", words: ["touch", "/etc/sudoers.d/sluice-test-mine"], status: 1),
]

private let changedWords: [Attempt] = [
  .sudo("a path in place of standard input", replacing("-", sealKey)),
  .sudo("another name of standard input", replacing("-", "/dev/stdin")),
  .sudo("no file, so the job file's source", submit.filter { $0 != "-" }),
  .sudo("another home", replacing(Machine.home, User.agent.folder)),
  .sudo("the home by another path", replacing(Machine.home, Machine.home + "/.")),
  .sudo("another job file", replacing(Machine.jobFile, User.agent.folder + "/job.json")),
  .sudo("the job file by another path", replacing(Machine.jobFile, "/srv/.." + Machine.jobFile)),
  .sudo("another planner", replacing(User.agent.name, "ana")),
  .sudo("no planner", Array(submit.dropLast(2))),
  .sudo("a cap", submit + ["--cap", "usd=1.00"]),
  .sudo("a second home", submit + ["--home", User.agent.folder]),
  .sudo("a second job file", plan + ["--job", User.agent.folder + "/job.json"]),
  .sudo("a dry run", submit + ["--dry-run"]),
  .sudo("a key file", submit + ["--stripe-key-file", Machine.keyFile]),
  .sudo("a Stripe of its own", plan + ["--stripe-url", "http://127.0.0.1:1"]),
  .sudo("JSON", submit + ["--json"]),
  .sudo("help", [Machine.program, "mcp", "--help"]),
  .sudo("an option with an equals sign", replacing("--home", "--home=" + Machine.home)),
  .sudo("an empty word", submit + [""]),
  .sudo("a newline", submit + ["\n"]),
  .sudo("the words in another order", [submit[0], "submit"] + submit.dropFirst(3) + ["-"]),
  .sudo("nothing but the program", [Machine.program]),
]

private func replacing(_ word: String, _ other: String) -> [String] {
  submit.map { $0 == word ? other : $0 }
}

private let otherWays: [Attempt] = [
  .sudo("a shell", ["-s"]),
  .sudo("a login shell", ["-i"]),
  .sudo("another program", ["cat", sealKey]),
  .sudo("an editor", ["-e", sealKey]),
  .sudo("a group", ["-g", "root"] + submit),
  .sudo("a folder", ["-D", Machine.home] + submit),
  .sudo("a root of its own", ["-R", User.agent.folder] + submit),
  .sudo("open files", ["-C", "100"] + submit),
  .sudo("a variable", ["SLUICE_HOME=\(User.agent.folder)"] + submit),
  .sudo("a library", ["LD_PRELOAD=\(User.agent.folder)/own.so"] + submit),
  .sudo("the whole environment", ["-E"] + submit),
  Attempt(testDescription: "as root", words: ["sudo", "-n"] + submit, status: 1),
  Attempt(testDescription: "as user 0", words: ["sudo", "-n", "-u", "#0"] + submit, status: 1),
  Attempt(testDescription: "as user -1", words: ["sudo", "-n", "-u", "#-1"] + submit, status: 1),
  Attempt(
    testDescription: "as an approver", words: ["sudo", "-n", "-u", User.ana.name] + submit,
    status: 1),
  Attempt(
    testDescription: "a shell of its own under the program's name",
    words: [
      "sh", "-c", "cp /bin/sh sluice-test; exec sudo -n -u \(User.billing.name) \"$@\"", "sh",
      "./sluice-test",
    ] + submit.dropFirst(), status: 1),
  Attempt(
    testDescription: "a link to another program under the program's name",
    words: [
      "sh", "-c", "ln -sf /bin/cat sluice-test; exec sudo -n -u \(User.billing.name) \"$@\"", "sh",
      "./sluice-test", sealKey,
    ], status: 1),
  Attempt(
    testDescription: "its own program first in PATH",
    words: [
      "sh", "-c",
      """
      mkdir -p bin && cp /bin/sh bin/sluice-test && export PATH=$PWD/bin:$PATH
      exec sudo -n -u \(User.billing.name) sluice-test approve {waiting} --home \(Machine.home)
      """,
    ], status: 1),
]
