internal import Audit
internal import Domain
internal import Journal
internal import Queue
internal import SQLite
internal import System
internal import Worker

/// What is in the home: its database, its journal, and who works on it now.
extension Examination {
  func examineDatabase(_ store: Store) {
    add("journal") { () throws(Fault) in
      let head = try Audit(store).verifyTables()
      return .ok(
        "journal",
        "whole up to its entry \(groupedDigits(Int(head.sequence))); every table agrees with it")
    }
    add("head") { () throws(Fault) in
      try store.checkHead()
      return .ok("head", "the file head agrees with the journal")
    }
    add("times") { () throws(Fault) in try times(store) }
    add("log") { () throws(Fault) in try log(store) }
    add("stop") { () throws(Fault) in try stop(store) }
    do throws(Fault) {
      for finding in try locks(store) { add(finding) }
    } catch {
      add(.problem("locks", error))
    }
  }

  private func stop(_ store: Store) throws(Fault) -> Diagnosis {
    guard let stop = try StopSwitch(store).current() else {
      return .ok("stop", "no stop of the whole home is in force")
    }
    return .warning("stop", stop.sentence, hint: "lift it with `sluice unstop`")
  }

  /// Entries of the future are of a clock that was ahead.
  private func times(_ store: Store) throws(Fault) -> Diagnosis {
    let ahead = try AcceptedClock(store).ahead(tolerance: StripeClock.tolerance)
    guard let ahead else {
      return .ok("times", "nothing in the journal is later than now, or it was accepted")
    }
    return .warning(
      "times",
      "the journal has an entry of \(ahead), and it is \(store.clock.now()): this clock was ahead",
      hint:
        "approvals given meanwhile last too long: `sluice cancel` the batches that nobody wants "
        + "any more, then `sluice doctor --accept-clock`")
  }

  private func log(_ store: Store) throws(Fault) -> Diagnosis {
    let path = store.home.databasePath + "-wal"
    let size: Int64
    do throws(SystemError) {
      size = try Files.facts(of: path)?.size ?? 0
    } catch {
      throw Fault(error, path: path)
    }
    let text = "the write-ahead log holds \(groupedDigits(Int(size >> 10))) KiB"
    guard size >= 64 << 20 else { return .ok("log", text) }
    return .warning(
      "log", text,
      hint: "a run empties it above 16 MiB; end whatever keeps reading sluice.db meanwhile")
  }

  /// Who works on what now.
  private func locks(_ store: Store) throws(Fault) -> [Diagnosis] {
    var busy: [String] = []
    let batches = try JobQueue(store).batches()
    for batch in batches where try store.home.isLocked(batch.id) {
      busy.append(store.home.busy(batch.id).message)
    }
    for name in Set(batches.map(\.jobFile)).sorted() where try store.home.isLocked(cronOf: name) {
      busy.append(store.home.busy(cronOf: name).message)
    }
    if busy.isEmpty { return [.ok("locks", "nobody is working on a batch")] }
    return busy.map { .ok("locks", $0) }
  }
}
