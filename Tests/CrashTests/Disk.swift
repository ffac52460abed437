import Foundation
import Support

/// The files of a home as a disk keeps them: what was synced is there, the rest may be.
struct Disk {
  private struct File {
    var bytes: [UInt8]
    /// What was done since the last sync, in order.
    var pending: [Recording.Event] = []
  }

  private let home: CrashHome
  private var files: [File] = []
  /// The files by their names, as a process sees them.
  private var names: [String: Int] = [:]
  /// The names that are durable.
  private var durableNames: [String: Int] = [:]

  /// A home as it lies there, all of it durable.
  init(of home: CrashHome) throws {
    self.home = home
    for name in ["sluice.db", "sluice.db-wal", "seal.key", "head"] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: home.path + "/" + name))
      names[name] = files.count
      files.append(File(bytes: Array(bytes)))
    }
    durableNames = names
  }

  /// Takes in what a process does.
  mutating func take(_ event: Recording.Event) {
    switch event {
    case .write(let name, _, _), .resize(let name, _): files[file(name)].pending.append(event)
    case .sync(""): durableNames = names
    case .sync(let name):
      let file = file(name)
      files[file].bytes = files[file].pending.reduce(into: files[file].bytes, Self.apply)
      files[file].pending = []
    case .rename(let old, let new): names[new] = names.removeValue(forKey: old)
    case .send: break
    }
  }

  /// The home that is found after the power was lost; of what was not synced `keeps` tells what is
  /// there.
  func afterPowerLoss(keeping keeps: () -> Bool) throws -> CrashHome {
    let found = try CrashHome(of: home)
    let there = keeps() ? names : durableNames
    for name in try FileManager.default.contentsOfDirectory(atPath: found.path) {
      // The log's index is never synced; SQLite makes it anew.
      guard durableNames[name] != nil || name.hasSuffix("-shm") else { continue }
      try FileManager.default.removeItem(atPath: found.path + "/" + name)
    }
    for (name, file) in there where !name.hasSuffix("-shm") {
      let kept = files[file].pending.filter { _ in keeps() }
      let bytes = kept.reduce(into: files[file].bytes, Self.apply)
      try Data(bytes).write(to: URL(fileURLWithPath: found.path + "/" + name))
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: found.path + "/" + name)
    }
    return found
  }

  private mutating func file(_ name: String) -> Int {
    if let file = names[name] { return file }
    files.append(File(bytes: []))
    names[name] = files.count - 1
    return files.count - 1
  }

  private static func apply(_ bytes: inout [UInt8], _ event: Recording.Event) {
    switch event {
    case .write(_, let offset, let new):
      if bytes.count < offset + new.count { resize(&bytes, offset + new.count) }
      bytes.replaceSubrange(offset..<offset + new.count, with: new)
    case .resize(_, let size): resize(&bytes, size)
    case .sync, .rename, .send: break
    }
  }

  private static func resize(_ bytes: inout [UInt8], _ size: Int) {
    if size < bytes.count { bytes.removeLast(bytes.count - size) }
    bytes += [UInt8](repeating: 0, count: size - bytes.count)
  }
}
