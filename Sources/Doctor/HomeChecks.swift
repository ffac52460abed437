internal import Domain
internal import Journal
internal import System

/// The folder of the home: whose it is, who else may look in, what it is kept on.
extension Examination {
  /// Opens the home, once its folder was looked at; nil where that cannot be done.
  func openHome() -> Store? {
    let home = patient.home
    guard let folder = facts(of: home.folder), facts(of: home.databasePath) != nil else {
      add("home") { () throws(Fault) in
        _ = try Store(home: home, clock: patient.clock, actor: patient.login.name)
        return .ok("home", "\(home.folder) is there")
      }
      return nil
    }
    guard isOwn(folder) else { return nil }
    examineModes()
    add("file system") { () throws(Fault) in
      try home.requireLocal()
      return .ok("file system", "\(home.folder) is on a local file system")
    }
    add("space") { () throws(Fault) in
      do throws(SystemError) {
        return Self.space(try FileSystem.freeBytes(at: home.folder))
      } catch {
        throw Fault(error, path: home.folder)
      }
    }
    return open()
  }

  /// Opening sets and reads back every setting, and checks the version of the schema.
  private func open() -> Store? {
    do throws(Fault) {
      let store = try Store(home: patient.home, clock: patient.clock, actor: patient.login.name)
      add(
        .ok(
          "database", "sluice.db opens for a \(store.facts.mode.rawValue) home, with its seal.key"))
      return store
    } catch {
      add(.problem("database", error))
      return nil
    }
  }

  private func facts(of path: String) -> FileFacts? { (try? Files.facts(of: path)) ?? nil }

  /// False for somebody else's home, which is not opened: files made in it would be ours.
  private func isOwn(_ folder: FileFacts) -> Bool {
    let path = patient.home.folder
    guard folder.owner == Login.effectiveUser else {
      add(
        .problem(
          "home", .notAllowed,
          "\(path) is the home of uid \(folder.owner), and this is uid \(Login.effectiveUser)",
          hint: "run it as the user whose home it is, or name another with --home or $SLUICE_HOME"))
      return false
    }
    add(.ok("home", "\(path) belongs to this user"))
    return true
  }

  private func examineModes() {
    let home = patient.home
    let folders = [home.folder, home.lockFolder]
    let files = [
      home.databasePath, home.databasePath + "-wal", home.databasePath + "-shm", home.sealKeyPath,
      home.headPath, home.writeLockPath, home.sandboxPath,
    ]
    let open = (folders + files).filter { facts(of: $0)?.isOpenToOthers == true }
    for path in open {
      add(
        .problem(
          "modes", .notAllowed, "others than its owner may use \(path)",
          hint: "chmod \(folders.contains(path) ? "700" : "600") \(path)"))
    }
    if open.isEmpty { add(.ok("modes", "nobody but its owner may use the home's files")) }
  }

  /// What so much room on the home's disk means.
  package static func space(_ bytes: Int64) -> Diagnosis {
    let room = "\(groupedDigits(Int(bytes >> 20))) MiB are free on the home's disk"
    let hint = "make room: every claim and every answer is written before anything else happens"
    if bytes < 16 << 20 { return .problem("space", .storage, room, hint: hint) }
    return bytes < 256 << 20 ? .warning("space", room, hint: hint) : .ok("space", room)
  }
}
