import Domain
import System
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct ChildProcessTests {
  @Test func `what a command writes is read to its end`() throws {
    #expect(try output(of: ["/bin/sh", "-c", "printf 'a\nb'; sleep 0.05; echo c"]) == "a\nbc\n")
    #expect(try output(of: ["printf", "%s", "found in PATH"]) == "found in PATH")
    #expect(try output(of: ["true"]) == "")
  }

  @Test func `arguments reach the program as they are, for no shell reads them`() throws {
    let words = ["two words", "$(id)", "`id`", "*", "a;b|c>d", "\"'\\", "-n", "é\n"]

    let text = try output(of: ["/usr/bin/printf", "%s|"] + words)

    #expect(text == words.map { $0 + "|" }.joined())
  }

  @Test func `the environment is PATH, HOME and LANG, and nothing else of ours`() async {
    await #expect(processExitsWith: .success) {
      for (key, value) in [("SLUICE_TEST_SECRET", "x"), ("HOME", "/nowhere"), ("LANG", "C")] {
        #expect(unsafe setenv(key, value, 1) == 0)
      }

      let lines = try output(of: ["/usr/bin/env"]).split(separator: "\n")

      #expect(lines.contains("HOME=/nowhere"))
      #expect(lines.contains("LANG=C"))
      #expect(Set(lines.map { $0.prefix { $0 != "=" } }) == ["PATH", "HOME", "LANG"])
    }
  }

  @Test func `what we have not is not made up`() async {
    await #expect(processExitsWith: .success) {
      for key in ["PATH", "HOME", "LANG"] { _ = unsafe unsetenv(key) }

      let environment = try output(of: ["env"])
      #expect(environment == "")
    }
  }

  @Test func `a command runs in its folder, and its own path is relative to that`() throws {
    let folder = try Folder()
    try folder.add(program: "export.sh", "#!/bin/sh\npwd -P\necho \"$0\"\n")

    let lines = try output(of: ["./export.sh"], folder: folder.path).split(separator: "\n")

    #expect(lines.first.map(String.init) == Files.absolute(folder.path))
    #expect(lines.last?.hasSuffix("/export.sh") == true)
  }

  @Test func `standard input is empty`() throws {
    #expect(try output(of: ["/bin/cat"]) == "")
  }

  #if os(Linux)
    @Test func `no open file is inherited, closed on exec or not`() throws {
      let leaked = dup(2)
      defer { close(leaked) }

      let open = try output(of: ["/bin/sh", "-c", "ls /proc/$$/fd"])

      #expect(leaked > 2)
      #expect(open.split(separator: "\n").filter { ["0", "1", "2"].contains($0) }.count == 3)
      #expect(!open.split(separator: "\n").contains { Int($0) == Int(leaked) })
    }

    @Test func `signals have their default meaning and none is blocked`() async {
      await #expect(processExitsWith: .success) {
        signal(SIGPIPE, SIG_IGN)
        var blocked = sigset_t()
        unsafe sigemptyset(&blocked)
        unsafe sigaddset(&blocked, SIGUSR1)
        unsafe pthread_sigmask(SIG_BLOCK, &blocked, nil)

        let status = try output(of: ["/bin/cat", "/proc/self/status"])

        for name in ["SigBlk", "SigIgn", "SigCgt"] {
          let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name) })
          let signals = try #require(UInt64(line.split(separator: "\t")[1], radix: 16))
          // The C library keeps 32 and 33 to itself.
          #expect(signals & 0x7FFF_FFFF == 0, "\(line)")
        }
      }
    }
  #endif

  @Test(arguments: [
    ("echo 1; exit 3", "ended with status 3"), ("exit 255", "ended with status 255"),
    ("echo 1; kill -9 $$", "was killed by signal 9"), ("kill -TERM $$", "was killed by signal 15"),
  ])
  func `a command that fails is a fault, whatever it wrote before`(script: String, ended: String) {
    let fault = fault(of: ["/bin/sh", "-c", script])

    #expect(fault?.exit == .badData)
    #expect(fault?.message == "the command /bin/sh \(ended)")
    #expect(fault?.details == [])
  }

  @Test func `reading on behind a failure fails again and never reaches an end`() throws {
    let child = try ChildProcess.start(
      ["/bin/sh", "-c", "exit 3"], folder: "/", shown: { $0 })

    #expect(throws: Fault.self) { try child.read() }
    #expect(throws: Fault.self) { try child.read() }
  }

  @Test(arguments: [
    (["/no/such/program"], "/no/such/program cannot be started: no such file"),
    (["./missing"], "./missing cannot be started: no such file"),
    (["no-such-program-anywhere"], "no-such-program-anywhere cannot be started: no such file"),
    (["/etc/passwd"], "/etc/passwd cannot be started: permission denied"),
    (["/"], "/ cannot be started: permission denied"),
    (["a\u{1B}b"], #"a\u{1b}b cannot be started: no such file"#),
    ([], " cannot be started: no such file"),
  ])
  func `a command that cannot be started is named`(command: [String], message: String) {
    let fault = fault(of: command)

    #expect(fault?.exit == .badData)
    #expect(fault?.message == "the command \(message)")
  }

  @Test func `a folder that is gone is no place to start in`() {
    let fault = fault(of: ["true"], folder: "/no/such/folder")

    #expect(fault?.message == "the command true cannot be started: no such file")
  }

  @Test func `the last lines of standard error say why, harmless and without what is hidden`() {
    let script =
      "for i in 1 2 3 4 5 6 7 8 9 10 11; do echo line $i >&2; done; "
      + "printf 'secret \\033[2J\\r\\nend' >&2; exit 1"

    let fault = fault(of: ["/bin/sh", "-c", script]) {
      $0.contains("secret") ? "hidden\u{7}" : $0
    }

    #expect(
      fault?.details == (4...11).map { "line \($0)" } + [#"hidden\u{7}"#, "end"])
  }

  @Test func `a long line of standard error is cut`() {
    let fault = fault(of: ["/bin/sh", "-c", "printf '%0300d' 0 >&2; exit 1"])

    #expect(fault?.details == [String(repeating: "0", count: 200) + "..."])
  }

  @Test func `standard error as large as can be neither blocks nor fills the memory`() {
    let script = "yes 'a line of noise' | head -c 20000000 >&2; echo why >&2; exit 4"

    let fault = fault(of: ["/bin/sh", "-c", script])

    #expect(fault?.message == "the command /bin/sh ended with status 4")
    #expect(fault?.details == Array(repeating: "a line of noise", count: 9) + ["why"])
  }

  @Test func `both streams are large and both are read`() throws {
    let script = "yes out | head -c 3000000; yes err | head -c 3000000 >&2; yes out | head -c 4"

    #expect(try output(of: ["/bin/sh", "-c", script]).utf8.count == 3_000_004)
  }

  @Test func `half a line at the beginning of what is kept is not shown`() {
    let script = "head -c 65530 /dev/zero | tr '\\0' x >&2; printf 'key\\nend\\n' >&2; exit 1"

    #expect(fault(of: ["/bin/sh", "-c", script])?.details == ["end"])
  }

  @Test func `a command that closes its output and goes on is waited for`() throws {
    let started = SystemClock().uptime()

    let fault = fault(
      of: ["/bin/sh", "-c", "echo 1; exec >&-; sleep 0.3; echo late >&2; exit 2"])

    #expect(fault?.details == ["late"])
    #expect(SystemClock().uptime().count - started.count >= 250)
  }

  @Test func `a reader that stops early leaves no process behind, nor its children`() throws {
    let folder = try Folder()
    let script = "sleep 100 & echo $! > child; echo $$ > parent; echo 1; wait"
    do {
      var file = try InputFile(command: ["/bin/sh", "-c", script], folder: folder.path) { $0 }
      var chunk = [UInt8](repeating: 0, count: 16)
      #expect(try file.read(into: &chunk) == 2)
    }

    for name in ["parent", "child"] {
      let process = try #require(pid_t(try folder.text(of: name)))
      #expect(isGone(process), "\(name)")
    }
  }

  @Test func `an interrupt ends the wait for a command, and the command with it`() async {
    await #expect(processExitsWith: .success) {
      Interrupt.install()
      let folder = try Folder()
      let script = "echo $$ > me; kill -INT $PPID; sleep 100"

      let fault = fault(of: ["/bin/sh", "-c", script], folder: folder.path)

      #expect(fault?.exit == .halted)
      #expect(fault?.message == "interrupted while the command /bin/sh was running")
      let process = try #require(pid_t(try folder.text(of: "me")))
      #expect(isGone(process))
    }
  }

  @Test func `a command that ended is reaped`() throws {
    let folder = try Folder()

    _ = try output(of: ["/bin/sh", "-c", "echo $$ > me"], folder: folder.path)

    let process = try #require(pid_t(try folder.text(of: "me")))
    #expect(kill(process, 0) != 0)
  }
}

private func output(of command: [String], folder: String = "/") throws -> String {
  var file = try InputFile(command: command, folder: folder) { $0 }
  return String(decoding: try bytes(of: &file, chunkBytes: 65_536), as: UTF8.self)
}

private func fault(
  of command: [String], folder: String = "/", shown: @escaping (String) -> String = { $0 }
) -> Fault? {
  do throws(Fault) {
    var file = try InputFile(command: command, folder: folder, shown: shown)
    _ = try bytes(of: &file, chunkBytes: 65_536)
    return nil
  } catch {
    return error
  }
}

/// Whether a process is gone within a second: a killed grandchild is reaped by the system's init.
private func isGone(_ process: pid_t) -> Bool {
  for _ in 0..<100 {
    if kill(process, 0) != 0 || isZombie(process) { return true }
    usleep(10_000)
  }
  return false
}

/// Whether it is dead and waits only for a parent that is not ours to be.
private func isZombie(_ process: pid_t) -> Bool {
  guard let bytes = try? Files.read("/proc/\(process)/stat", limit: 4096) else { return false }
  return String(decoding: bytes, as: UTF8.self).contains(") Z ")
}

/// A folder of a test's own, removed with it.
private struct Folder: ~Copyable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString)"
    try Files.makeFolder(path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func add(program name: String, _ text: String) throws {
    try Files.create("\(path)/\(name)", Array(text.utf8))
    _ = unsafe chmod("\(path)/\(name)", 0o700)
  }

  func text(of name: String) throws -> String {
    let bytes = try Files.read("\(path)/\(name)", limit: 4096) ?? []
    return String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
  }
}
