import Foundation
import Support

/// cron, with a crontab of these tests, its mail kept in a folder.
///
/// Where the machine has a cron of its own at work, that one does it: a second ends by itself.
final class CronDaemon {
  private static let crontab = "/etc/cron.d/sluice-test"
  private static let mails = "/var/lib/sluice-test-mail"
  private let process: RunningProcess

  /// Starts it; throws on a machine whose mail is somebody's.
  init(_ text: String) throws {
    try Machine.asRoot(
      """
      mkdir -m 0777 \(Self.mails)
      cat >\(Self.mails)/sendmail
      chmod 0755 \(Self.mails)/sendmail
      ln -s \(Self.mails)/sendmail /usr/sbin/sendmail
      """, input: Self.sendmail)
    try Machine.asRoot("umask 0022; cat >\(Self.crontab)", input: text)
    // Its name is how `remove` knows it.
    process = try RunningProcess(
      ["bash", "-c", "exec -a sluice-test-cron cron -f"],
      in: FileManager.default.temporaryDirectory.path, environment: Machine.environment)
  }

  deinit {
    process.signal(SIGTERM)
    _ = try? Machine.asRoot(
      "rm -f \(Self.crontab) /usr/sbin/sendmail; rm -r \(Self.mails)")
  }

  /// The mails so far, each with its head and its text.
  func mails() throws -> [(head: String, text: String)] {
    try FileManager.default.contentsOfDirectory(atPath: Self.mails).filter { $0 != "sendmail" }
      .filter { !$0.hasSuffix(".new") }
      .map { name in
        let mail = try String(contentsOfFile: Self.mails + "/" + name, encoding: .utf8)
        let end = mail.firstRange(of: "\n\n") ?? mail.endIndex..<mail.endIndex
        return (String(mail[..<end.lowerBound]), String(mail[end.upperBound...]))
      }
  }

  /// Whether it has nothing left to wait for.
  func isIdle() throws -> Bool {
    let number = try String(contentsOfFile: "/run/crond.pid", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let children = try String(
      contentsOfFile: "/proc/\(number)/task/\(number)/children", encoding: .utf8)
    return children.isEmpty
  }

  /// Keeps a mail whole, under a name that it has only then.
  private static let sendmail = """
    #!/bin/sh
    mail=$(mktemp \(mails)/XXXXXXXX.new) && cat >"$mail" && mv "$mail" "${mail%.new}"

    """
}
