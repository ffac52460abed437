/// What strace does to one system call of a command.
struct Injection: CustomStringConvertible, Sendable {
  /// How the call is broken.
  enum Effect: Equatable, Sendable {
    /// The process is killed as it makes the call, which has no effect.
    case kill
    /// The call is not made and fails so.
    case error(String)
  }

  /// The call, as strace's filters name it.
  let call: String
  let effect: Effect
  /// Only calls on these files of the home count; all calls when there are none.
  var files: [String] = []

  var description: String {
    let what = effect == .kill ? "killed" : "\(effect)".filter { $0.isUppercase }
    return ([call, what] + files).joined(separator: " ")
  }

  /// The words before a command line that break its n-th call of this name and log all of them.
  ///
  /// With `-P` strace would count the calls on some files only, and log no other one.
  func words(breaking number: Int?, log: String, also: [String]) -> [String] {
    let trace = ["-e", "trace=" + ([call] + also).joined(separator: ",")]
    let inject =
      switch effect {
      case .kill: "signal=KILL"
      case .error(let name): "error=" + name
      }
    return ["strace", "-f", "-qq", "-y", "-s", "64", "-o", log] + trace
      + (number.map { ["-e", "inject=\(call):\(inject):when=\($0)"] } ?? [])
  }

  /// Whether a line of strace's is of such a call.
  func names(_ line: String) -> Bool {
    Trial.name(of: line).hasPrefix(call.filter { $0.isLetter || $0.isNumber })
  }

  /// Whether a line of strace's is of such a call on a file that counts.
  func counts(_ line: String, in home: String) -> Bool {
    // The file stands in quotes where it is opened, else behind its number.
    let opens = Trial.name(of: line) == "openat"
    let path = line.drop { $0 != (opens ? "\"" : "<") }.dropFirst().prefix {
      $0 != (opens ? "\"" : ">")
    }
    return names(line) && (files.isEmpty || files.contains { home + "/" + $0 == path })
  }

  /// Every call that changes a file.
  static let writes = ["pwrite64", "fdatasync", "fsync", "ftruncate", "/^rename", "write"]
  /// Every call by which a request goes out and its answer comes in.
  static let messages = ["connect", "sendto", "recvfrom"]

  static func kills(_ calls: [String]) -> [Injection] {
    calls.map { Injection(call: $0, effect: .kill) }
  }

  /// Each of these calls failing with each of these errors, on the files where a failure counts.
  ///
  /// SQLite syncs the home's folder as well and takes no notice of how that ends: the log has been
  /// there before, and `head` syncs the folder again. Nor does a batch's lock need the number that
  /// its holder leaves in it. A home that is being made has its database under another name.
  static func errors(_ names: [String], _ calls: [String]) -> [Injection] {
    calls.flatMap { call in
      names.map { name in
        let files =
          switch call {
          case "fdatasync":
            ["sluice.db-wal", "sluice.db.new", "sluice.db.new-wal", "sluice.db.new-journal"]
          case "ftruncate":
            ["sluice.db", "sluice.db.new"].flatMap { [$0, $0 + "-wal", $0 + "-shm"] }
          case "write": ["head.new"]
          default: [String]()
          }
        return Injection(call: call, effect: .error(name), files: files)
      }
    }
  }
}
