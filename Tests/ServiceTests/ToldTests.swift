import Domain
import Notice
import Queue
import Service
import Support
import Synchronization
import Testing

/// Whoever queues a batch may die before people are told of it.
@Suite struct ToldTests {
  @Test func `a repeated submission tells people of a batch that nobody told them of`() throws {
    let home = try TestHome()
    let said = Said()
    let desk = try home.desk(
      messenger: Messenger(environment: [:], programVersion: "0") { said.add($0) })
    let draft = try given(desk.plan([.sample(1)], under: nil)).addition.draft
    let batch = try given(try home.desk().submit(draft)).summary.batch.id

    for _ in 1...3 { _ = try given(desk.submit(draft)) }

    #expect(said.lines == ["nobody was told of \(batch): $HOOK is not set"])
  }

  @Test func `who was told is not told again, nor of a batch that waits no more`() throws {
    let home = try TestHome()
    let said = Said()
    let desk = try home.desk(
      messenger: Messenger(environment: [:], programVersion: "0") { said.add($0) })
    let told = try given(desk.plan([.sample(1)], under: nil)).addition.draft
    _ = try given(desk.submit(told))
    let decided = try given(desk.plan([.sample(2)], under: nil)).addition.draft
    try home.approve(try given(try home.desk().submit(decided)).summary.batch.id)

    for draft in [told, decided] { _ = try given(desk.submit(draft)) }

    #expect(said.lines.count == 1)
  }
}

/// What was said, line by line.
private final class Said: Sendable {
  private let kept = Mutex<[String]>([])

  func add(_ line: String) { kept.withLock { $0.append(line) } }

  var lines: [String] { kept.withLock { $0 } }
}
