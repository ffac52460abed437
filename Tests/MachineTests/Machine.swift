import Foundation
import Support
import Testing

/// Every test that makes users and changes the machine; one at a time, since there is one machine.
@Suite(.serialized) struct MachineTests {}

/// This machine, set up for separate users as the README says, under names that begin with
/// sluice-test; `Tests/MachineTests/remove` takes all of it away.
struct Machine {
  static let program = "/usr/local/bin/sluice-test"
  static let home = "/var/lib/sluice-test-billing"
  static let jobFile = "/srv/sluice-test-jobs/overdue.json"
  static let keyFile = "/etc/sluice-test.key"
  static let environmentFile = "/etc/sluice-test.env"
  static let rules = "/etc/sudoers.d/sluice-test"
  /// What the key file holds.
  static let key = "rk_test_51MachineTestsOnly"

  /// What the environment file holds; nobody listens there.
  static let webhook = "SLUICE_WEBHOOK=http://127.0.0.1:9/none"

  /// The batches that every test finds: one that waits, one that is approved, one that has run.
  let batches: [String: String]

  private static let jobs = "/srv/sluice-test-jobs"
  private static let saved = "/var/lib/sluice-test-saved"

  /// The machine with its home and job file as every test finds them; set up once a process.
  init() throws {
    batches = try Self.batches.get()
    try Self.asRoot(
      """
      rm -rf \(Self.home) \(Self.jobs)
      cp -a \(Self.saved)/home \(Self.home)
      cp -a \(Self.saved)/jobs \(Self.jobs)
      """)
  }

  private static let batches = Result { () throws -> [String: String] in
    guard ProcessInfo.processInfo.environment["SLUICE_MAY_CHANGE_MACHINE"] == "yes", geteuid() == 0
    else {
      throw TestServerError(message: "this test makes users: run ./Tests/run --system as root")
    }
    try asRoot("'\(Repository.root)/Tests/MachineTests/remove'")
    try Installation().carryOut()
    let batches = [
      "{waiting}": try submit("cus_w1,w1,1.00,usd", "cus_w2,w2,2.00,usd"),
      "{approved}": try submit("cus_a1,a1,3.00,usd"),
      "{done}": try submit("cus_d1,d1,4.00,usd", "cus_decline_lost_card,d2,5.00,usd"),
    ]
    for name in ["{approved}", "{done}"] { try approve(batches[name] ?? "") }
    _ = try sluice("run \(batches["{done}"] ?? "") --quiet", status: 10)
    try asRoot(
      """
      mkdir -m 0700 \(saved)
      cp -a \(home) \(saved)/home
      cp -a \(jobs) \(saved)/jobs
      """)
    return batches
  }

  // MARK: Running

  /// Runs words as a user with a login of its own, of somebody else's, or of none.
  ///
  /// A batch is written as `{waiting}`, `{approved}` or `{done}`.
  @discardableResult
  func run(
    _ words: [String], as user: User, login: Login = .own, input: String? = nil
  ) throws -> Outcome {
    try start(words, as: user, login: login, input: input).wait()
  }

  /// Starts words as a user.
  func start(
    _ words: [String], as user: User, login: Login = .own, input: String? = nil
  ) throws -> RunningProcess {
    try Self.start(named(words), as: user, login: login, input: input)
  }

  /// Words in which batches have their names.
  private func named(_ words: [String]) -> [String] {
    words.map { word in batches.reduce(word) { $0.replacing($1.key, with: $1.value) } }
  }

  private static func start(
    _ words: [String], as user: User, login: Login, input: String?
  ) throws -> RunningProcess {
    try RunningProcess(
      becoming(user, login) + words, in: FileManager.default.temporaryDirectory.path,
      environment: environment, input: input)
  }

  /// What every process is given.
  static let environment = ["PATH": "/usr/sbin:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"]

  /// The words before a command that run it as a user, in the user's own folder.
  static func becoming(_ user: User, _ login: Login) -> [String] {
    ["sh", "-c", becoming, "sh", login.name(of: user), user.name]
  }

  /// Sets the kernel's login as ssh, cron and the console do, then becomes the user.
  private static let becoming = """
    login=$1 user=$2; shift 2
    if [ -n "$login" ]; then login=$(id -u "$login"); else login=4294967295; fi
    if [ "$(cat /proc/self/loginuid)" != "$login" ]; then
      echo "$login" >/proc/self/loginuid || { echo "the kernel keeps the login" >&2; exit 125; }
    fi
    cd "$(getent passwd "$user" | cut -d: -f6)" || exit 125
    exec setpriv --reuid "$user" --regid "$user" --init-groups -- "$@"
    """

  /// Runs a line of shell as root, which has to end with 0; returns its output.
  @discardableResult
  static func asRoot(
    _ line: String, in folder: String = "/", input: String? = nil
  ) throws -> String {
    let outcome = try RunningProcess(
      ["env", "-C", folder, "sh", "-e", "-c", line],
      in: FileManager.default.temporaryDirectory.path,
      environment: ["PATH": "/usr/sbin:/usr/local/bin:/usr/bin:/sbin:/bin"], input: input
    ).wait()
    guard outcome.status == 0 else { throw TestServerError(message: "\(line): \(outcome)") }
    return outcome.output
  }

  // MARK: Billing's own commands

  /// Runs a command of Sluice as billing, which has to end with a status; returns its output.
  @discardableResult
  static func sluice(_ line: String, status: Int32 = 0, input: String? = nil) throws -> String {
    let words = line.split(separator: " ").map(String.init)
    let outcome = try start(
      [program] + words + ["--home", home], as: .billing, login: .none, input: input
    ).wait()
    guard outcome.status == status else { throw TestServerError(message: "\(line): \(outcome)") }
    return outcome.output
  }

  /// Queues lines of `customer_id,invoice_number,amount,currency`; returns the batch.
  static func submit(_ lines: String...) throws -> String {
    let output = try sluice("submit - --job \(jobFile) --quiet", input: plan(lines))
    return String(output.dropLast())
  }

  /// A plan of lines of `customer_id,invoice_number,amount,currency`.
  static func plan(_ lines: [String]) -> String {
    (["customer_id,invoice_number,amount,currency"] + lines).joined(separator: "\n") + "\n"
  }

  static func approve(_ batch: String) throws {
    try sluice("approve \(batch) --digest \(try digest(of: batch))")
  }

  static func digest(of batch: String) throws -> String {
    try document("preview \(batch)")["digest"] as? String ?? ""
  }

  /// What a command of billing's prints with --json.
  static func document(_ line: String) throws -> [String: Any] {
    let text = Data(try sluice(line + " --json").utf8)
    return try JSONSerialization.jsonObject(with: text) as? [String: Any] ?? [:]
  }
}
