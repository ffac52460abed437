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
  /// Held by whoever writes to the database; a checkpoint holds it alone.
  package var writeLockPath: String { folder + "/write.lock" }
  /// The embedded Stripe's own record.
  package var sandboxPath: String { folder + "/sandbox.db" }

  /// The file whose lock is held by the process that works on a batch.
  package func lockPath(of batch: BatchID) -> String { folder + "/locks/\(batch).lock" }

  /// Takes the lock of a batch; throws `busy` while another process works on it.
  package func lock(_ batch: BatchID) throws(Fault) -> FileLock {
    do {
      let lock = try FileLock(path: lockPath(of: batch))
      if try lock.tryLock(.exclusive) { return lock }
    } catch {
      throw Fault(error, path: lockPath(of: batch))
    }
    throw Fault(
      .busy, "another process is working on \(batch)",
      hint: "wait for it to end, then try again")
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
