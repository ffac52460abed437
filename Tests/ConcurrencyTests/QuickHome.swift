import Foundation
import SQLite
import Support

extension ProgramHome {
  /// A sandbox home in memory, where there is such a folder: what is tested is not the disk.
  static func quick() throws -> ProgramHome {
    let memory = "/dev/shm"
    let isThere = FileManager.default.isWritableFile(atPath: memory)
    return try ProgramHome(
      mode: "sandbox", in: isThere ? memory : FileManager.default.temporaryDirectory.path)
  }

  /// What the sandbox itself has charged.
  func ledger() throws -> SandboxLedger { try SandboxLedger(path: path + "/sandbox.db") }

  /// What SQLite and the journal find wrong with the home's files; empty when all is whole.
  func damage() throws -> [String] {
    var found: [String] = []
    for name in ["sluice.db", "sandbox.db"] {
      let database = try Database(
        path: path + "/" + name, .existing, busyTimeoutMilliseconds: 5000)
      try database.forEach("PRAGMA integrity_check") { row in
        found.append(row.text("integrity_check"))
        return true
      }
      try database.forEach("PRAGMA foreign_key_check") { row in
        found.append("a foreign key of \(row.text("table")) leads nowhere")
        return true
      }
    }
    let verified = try sluice(["journal", "verify"])
    if verified.status != 0 { found.append("\(verified)") }
    return found.filter { $0 != "ok" }
  }
}

/// A plan of charges of so many cents, each for an account of its own.
func plan(_ amounts: [Int], of name: String, more: (header: String, cells: String) = ("", ""))
  -> String
{
  let lines = amounts.indices.map {
    "cus_\(name)_\($0),\(amounts[$0]),usd,\(name)-\($0)" + more.cells
  }
  return (["account,amount_minor,currency,reference" + more.header] + lines)
    .joined(separator: "\n") + "\n"
}

/// A job file with a cap in whole dollars.
func jobFile(_ name: String, cap dollars: Int) -> String {
  """
  {"name": "\(name)", "operation": "charges.create",
   "policy": {"allowed_operations": ["charges.create"],
     "caps": [{"per": "batch", "amount": "\(dollars).00", "currency": "usd"}]}}

  """
}
