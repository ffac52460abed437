package import Domain
internal import JSON
internal import SQLite
internal import System

extension Home {
  /// Makes a new home; throws `configuration` when there is one already.
  ///
  /// The database appears under its name only when it is complete, so a crash half-way leaves
  /// nothing that looks like a home.
  package func create(
    _ facts: HomeFacts, clock: any Clock, actor: String,
    using random: inout some RandomNumberGenerator
  ) throws(Fault) {
    let fresh = databasePath + ".new"
    do {
      try Files.makeFolder(folder)
      try requireOwn()
      try requirePrivate()
      try Files.makeFolder(folder + "/locks")
      try requireLocal()
      let lock = try FileLock(path: folder + "/locks/init.lock")
      try lock.lock(.exclusive)
      defer { lock.unlock() }
      try refuseExisting()
      try removeLeftovers(of: fresh)
      if try Files.facts(of: sealKeyPath) == nil {
        try SealKeys.create(for: self, using: &random)
      }
      try Files.create(fresh, [])
      let key = try SealKeys.read(self).newest.id
      let now = clock.now()
      try writeSchema(fresh, facts, sealKey: key, at: now)
      try writeFirstEntry(fresh, facts, madeAt: now, clock, actor)
      try removeLeftovers(of: fresh + "-")
      try Files.rename(fresh, to: databasePath)
    } catch let error as SystemError {
      throw Fault(error, path: folder)
    } catch let error as SQLiteError {
      throw Fault(error)
    } catch {
      throw error as? Fault ?? .untrusted("the home cannot be made")
    }
  }

  private func writeFirstEntry(
    _ path: String, _ facts: HomeFacts, madeAt: Timestamp, _ clock: any Clock, _ actor: String
  ) throws(Fault) {
    let store = try Store(home: self, databasePath: path, clock: clock, actor: actor)
    store.isHeadChecked = true
    store.writesHead = .whenTold
    let transaction = try store.begin()
    try transaction.append(
      .homeCreated, subject: facts.id,
      [
        "mode": .string(facts.mode.rawValue), "stripe_account": .optional(facts.stripeAccount),
        "created_at_ms": .integer(madeAt.milliseconds),
      ])
    _ = try transaction.commit()
    try store.overwriteHead()
    try store.checkpointIfLarge(bytes: 0)
  }

  /// Removes the files whose names begin with `path`: the database itself, its log and its index.
  private func removeLeftovers(of path: String) throws {
    for name in [path, path + "wal", path + "shm", path + "-wal", path + "-shm"]
    where try Files.facts(of: name) != nil {
      try Files.remove(name)
    }
  }

  private func refuseExisting() throws {
    guard try Files.facts(of: databasePath) != nil else { return }
    throw Fault(
      .configuration, "there is a home at \(folder) already",
      hint: "use it, or name another folder with --home")
  }

  private func writeSchema(_ path: String, _ facts: HomeFacts, sealKey: String, at now: Timestamp)
    throws
  {
    let database = try Database(path: path, .creating, busyTimeoutMilliseconds: 0)
    let schema = String(decoding: PackageResources.Schema_sql, as: UTF8.self)
    try database.execute("BEGIN;" + schema + "COMMIT;")
    try database.run(
      """
      INSERT INTO home (one, id, mode, stripe_account, seal_key, created_at)
      VALUES (1, :id, :mode, :stripe_account, :seal_key, :now)
      """,
      [
        ":id": .text(facts.id), ":mode": .text(facts.mode.rawValue),
        ":stripe_account": .optional(facts.stripeAccount),
        ":seal_key": .text(sealKey), ":now": .integer(now.milliseconds),
      ])
  }
}
