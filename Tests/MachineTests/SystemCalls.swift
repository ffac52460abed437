import Foundation

/// The system calls of a process and of those it has started, as strace tells them.
struct SystemCalls {
  private let lines: [Substring]

  init(_ trace: String) { lines = trace.split(separator: "\n") }

  /// The calls by name.
  var names: Set<String> { Set(first(#/^(?:\[pid +\d+\] )?([a-z_0-9]+)\(/#)) }

  /// The families of the sockets that were made.
  var families: Set<String> { Set(first(#/\bsocket(?:pair)?\((AF_[A-Z0-9]+)/#)) }

  /// The files that were opened for writing, by their whole paths.
  var written: Set<String> {
    Set(first(#/\bopenat\(AT_FDCWD, "([^"]+)", [^)]*O_(?:WRONLY|RDWR|CREAT)/#))
  }

  /// Memory that was asked for to be written and executed, or made executable later.
  var writableCode: [String] {
    lines.filter {
      $0.contains("PROT_WRITE|PROT_EXEC") || $0.contains(#/mprotect\([^)]*PROT_EXEC/#)
    }.map(String.init)
  }

  private func first(_ pattern: Regex<(Substring, Substring)>) -> [String] {
    lines.compactMap { $0.firstMatch(of: pattern).map { String($0.1) } }
  }

  /// What a service may call, by the names and groups of its filter.
  static func allowed(by filter: [String]) throws -> Set<String> {
    var members: [String: [String]] = [:]
    var group = ""
    for line in try Machine.asRoot("systemd-analyze syscall-filter --no-pager").split(
      separator: "\n")
    {
      let word = line.drop { $0 == " " }
      if line.hasPrefix("@") { group = String(line) }
      if line.hasPrefix(" "), !word.hasPrefix("#") {
        members[group, default: []].append(String(word))
      }
    }
    var open = filter.flatMap { $0.split(separator: " ").map(String.init) } + ["@default"]
    var allowed: Set<String> = []
    while let name = open.popLast() {
      guard allowed.insert(name).inserted else { continue }
      open += members[name] ?? []
    }
    return allowed
  }
}
