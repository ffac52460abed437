package import Domain
package import System

/// The state directory: one database, one mode, one Stripe account.
package struct Home: Sendable, Equatable {
  package let folder: String

  /// The home in this folder; nothing is opened yet.
  package init(folder: String) { self.folder = folder }

  package var databasePath: String { folder + "/sluice.db" }
  /// What the journal is sealed with; kept outside the database.
  package var sealKeyPath: String { folder + "/seal.key" }
  /// How far the journal had come when this was last written; kept outside the database.
  package var headPath: String { folder + "/head" }
  /// Held by whoever writes `head`.
  var headLockPath: String { lockFolder + "/head.lock" }
  /// Held by whoever writes to the database; a checkpoint holds it alone.
  package var writeLockPath: String { folder + "/write.lock" }
  /// How much each planner may put into the queue; it need not be there.
  package var plannersPath: String { folder + "/planners.json" }
  /// Where the files are that are locked for a batch, a billing run or `head`.
  package var lockFolder: String { folder + "/locks" }
  /// The embedded Stripe's own record.
  package var sandboxPath: String { folder + "/sandbox.db" }

  /// The file whose lock is held by the process that works on a batch.
  package func lockPath(of batch: BatchID) -> String { lockFolder + "/\(batch).lock" }

  /// Takes the lock of a batch; throws `busy` while another process works on it.
  package func lock(_ batch: BatchID) throws(Fault) -> FileLock {
    try lock(lockPath(of: batch), for: "working on \(batch)")
  }

  /// Takes the lock of a job file's billing runs; throws `busy` while another one goes on.
  package func lock(cronOf jobFile: String) throws(Fault) -> FileLock {
    try lock(lockPath(ofCron: jobFile), for: "doing the billing run \(jobFile)")
  }

  /// Who only looks at a lock shares it for a moment and is waited for; who works holds it alone.
  private func lock(_ path: String, for work: String) throws(Fault) -> FileLock {
    do {
      let lock = try FileLock(path: path)
      for _ in 0..<125 {
        if try lock.tryLock(.exclusive) {
          lock.sign()
          return lock
        }
        guard try lock.tryLock(.shared) else { break }
        lock.unlock()
        SystemClock().sleep(Milliseconds(4))
      }
    } catch {
      throw Fault(error, path: path)
    }
    throw busy(path, work)
  }

  /// That another process works on a batch, and which one.
  package func busy(_ batch: BatchID) -> Fault { busy(lockPath(of: batch), "working on \(batch)") }

  /// That a billing run of a job file goes on, and which process does it.
  package func busy(cronOf jobFile: String) -> Fault {
    busy(lockPath(ofCron: jobFile), "doing the billing run \(jobFile)")
  }

  private func lockPath(ofCron jobFile: String) -> String {
    lockFolder + "/cron \(jobFile).lock"
  }

  private func busy(_ path: String, _ work: String) -> Fault {
    let signer = FileLock.signer(of: path).map { "process \($0)" }
    return Fault(
      .busy, "\(signer ?? "another process") is \(work)",
      hint: "wait for it to end, then try again")
  }
}

extension Home {
  /// Throws `configuration` when the home is on a file system that several machines share.
  package func requireLocal() throws(Fault) {
    do {
      guard let name = try FileSystem.network(of: folder) else { return }
      throw Fault(
        .configuration, "\(folder) is on \(name), where locks and syncs cannot be trusted",
        hint: "choose a folder on a local disk with --home or $SLUICE_HOME")
    } catch let error as SystemError {
      throw Fault(error, path: folder)
    } catch {
      throw error as? Fault ?? .untrusted("the home's file system is not known")
    }
  }

  /// Throws `notAllowed` unless the folder is this process's user's own and nobody else may write
  /// to it; a folder that is not there is nobody's.
  ///
  /// What another user makes in a home, root included, its owner cannot open: a stop by the wrong
  /// user would keep the worker from ever starting again.
  func requireOwn() throws(Fault) {
    guard let facts = try folderFacts() else { return }
    guard facts.owner == Login.effectiveUser else {
      let owner = Login.userName(facts.owner)
      throw Fault(
        .notAllowed,
        "\(folder) belongs to \(owner), and this is \(Login.userName(Login.effectiveUser))",
        hint: "run it as its owner: sudo -u \(owner) sluice ...")
    }
    guard !facts.isWritableByOthers else {
      throw Fault(
        .notAllowed, "\(folder) can be written by others",
        hint: "chmod 700 \(folder), once you know that nobody has")
    }
  }

  /// Throws `notAllowed` when anyone but the owner may enter the folder.
  func requirePrivate() throws(Fault) {
    guard try folderFacts()?.isOpenToOthers == true else { return }
    throw Fault(
      .notAllowed, "\(folder) is open to others",
      hint: "chmod 700 \(folder), or name a folder that is not there yet")
  }

  private func folderFacts() throws(Fault) -> FileFacts? {
    do {
      return try Files.facts(of: folder)
    } catch {
      throw Fault(error, path: folder)
    }
  }

  /// Whether some process works on a batch now.
  package func isLocked(_ batch: BatchID) throws(Fault) -> Bool {
    try isLocked(lockPath(of: batch))
  }

  /// Whether a billing run of a job file goes on now.
  package func isLocked(cronOf jobFile: String) throws(Fault) -> Bool {
    try isLocked(lockPath(ofCron: jobFile))
  }

  private func isLocked(_ path: String) throws(Fault) -> Bool {
    do {
      guard try Files.facts(of: path) != nil else { return false }
      return try !FileLock(path: path).tryLock(.shared)
    } catch {
      throw Fault(error, path: path)
    }
  }

  /// The process that works on a batch now; nil when none does, or who looks may not know.
  package func worker(on batch: BatchID) -> Int? {
    guard (try? isLocked(batch)) == true else { return nil }
    return FileLock.signer(of: lockPath(of: batch))
  }
}

/// What a home is for: the one row of its `home` table.
package struct HomeFacts: Equatable, Sendable {
  package let id: String
  package let mode: Mode
  package let stripeAccount: String?

  /// A home of exactly these facts.
  package init(id: String, mode: Mode, stripeAccount: String?) {
    self.id = id
    self.mode = mode
    self.stripeAccount = stripeAccount
  }
}
