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
      try Files.makeFolder(folder + "/locks")
      let lock = try FileLock(path: folder + "/locks/init.lock")
      try lock.lock(.exclusive)
      defer { lock.unlock() }
      try refuseExisting()
      try removeLeftovers(of: fresh)
      if try Files.facts(of: sealKeyPath) == nil {
        try Files.create(sealKeyPath, SealKey.newContent(using: &random))
      }
      try Files.create(fresh, [])
      try writeSchema(fresh, facts, at: clock.now())
      try writeFirstEntry(fresh, facts, clock, actor)
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
    _ path: String, _ facts: HomeFacts, _ clock: any Clock, _ actor: String
  ) throws(Fault) {
    let store = try Store(home: self, databasePath: path, clock: clock, actor: actor)
    let transaction = try store.begin()
    try transaction.append(
      .homeCreated, subject: facts.id,
      ["mode": .string(facts.mode.rawValue), "stripe_account": .optional(facts.stripeAccount)])
    _ = try transaction.commit()
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

  private func writeSchema(_ path: String, _ facts: HomeFacts, at now: Timestamp) throws {
    let database = try Database(path: path, .creating, busyTimeoutMilliseconds: 0)
    let schema = String(decoding: PackageResources.Schema_sql, as: UTF8.self)
    try database.execute("BEGIN;" + schema + "COMMIT;")
    try database.run(
      """
      INSERT INTO home (one, id, mode, stripe_account, created_at)
      VALUES (1, :id, :mode, :stripe_account, :now)
      """,
      [
        ":id": .text(facts.id), ":mode": .text(facts.mode.rawValue),
        ":stripe_account": .optional(facts.stripeAccount), ":now": .integer(now.milliseconds),
      ])
  }
}
