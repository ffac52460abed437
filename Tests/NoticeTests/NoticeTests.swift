import Audit
import Domain
import JSON
import Journal
import Notice
import Queue
import Support
import Synchronization
import Testing

struct NoticeTests {
  @Test func `what others wrote addresses nobody in a chat`() throws {
    let test = try TestHome()
    let summary = try halted(test, because: "stopped by ana: <!channel> & <https://a.example|b>")

    let notice = try #require(Notice.ended(summary, mode: .sandbox))

    #expect(notice.text.contains("<!channel> & <https://a.example|b>"))
    let text = notice.json.text
    #expect(text.contains("&lt;!channel&gt; &amp; &lt;https://a.example|b&gt;"))
    #expect(!text.contains("<"))
  }

  @Test func `a mark on a bracket does not hide it from a chat`() throws {
    let test = try TestHome()
    let summary = try halted(test, because: "\u{D4E}<!here>\u{20D0} &\u{FE0F}")

    let notice = try #require(Notice.ended(summary, mode: .sandbox))

    let text = notice.json.text
    #expect(text.contains("\u{D4E}&lt;!here&gt;\u{20D0} &amp;\u{FE0F}"))
  }

  @Test func `a home that was rekeyed meanwhile does not fail what is told of`() throws {
    let test = try TestHome()
    let notice = try #require(Notice.ended(try halted(test, because: "enough"), mode: .sandbox))
    var random = SeededRandom(seed: 9)
    _ = try Audit(try TestHome.second(of: test).store).rekey(using: &random)
    let said = Said()

    try Messenger(environment: [:], programVersion: "0") { said.add($0) }
      .tell(notice, at: "HOOK", test.store)

    #expect(said.lines.count == 2)
    #expect(said.lines.last?.contains(notice.subject) == true)
  }

  /// The summary of a batch that was halted with a message.
  private func halted(_ test: TestHome, because message: String) throws -> Summary {
    let id = try test.plan(PlannedJob.samples(1))
    let transaction = try test.store.begin()
    try test.queue.start(try test.queue.batch(id), in: transaction)
    try test.queue.halt(
      id, Halt(reason: .stopped, number: nil, message: message), in: transaction)
    _ = try transaction.commit()
    return try test.queue.summary(of: id)
  }
}

/// What was said, line by line.
private final class Said: Sendable {
  private let kept = Mutex<[String]>([])

  func add(_ line: String) { kept.withLock { $0.append(line) } }

  var lines: [String] { kept.withLock { $0 } }
}
