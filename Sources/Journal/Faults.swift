package import Domain
package import SQLite
package import System

extension Fault {
  /// What a failing database means for the caller.
  package init(_ error: SQLiteError) {
    if error.isBusy {
      self.init(
        .busy, "the database is locked by another process", hint: "try again in a moment")
    } else if error.isFull {
      self.init(.storage, "the disk is full", hint: "make room, then run the command again")
    } else if error.isCorrupt {
      self.init(
        .storage, "the database is damaged: \(error.message)",
        hint: "restore the home from a backup; nothing was sent")
    } else if error.isReadOnly {
      self.init(
        .storage, "the database cannot be written: \(error.message)",
        hint: "check the owner and mode of the home and its disk")
    } else {
      self.init(
        .storage, "the database failed: \(error.message) (\(error.code))",
        hint: "nothing more is sent; look at the disk, then run the command again")
    }
  }

  /// What a failing file means for the caller.
  package init(_ error: SystemError, path: String) {
    if error.isDenied {
      self.init(.notAllowed, "\(path): \(error.message)", hint: "check its owner and mode")
    } else {
      self.init(.storage, "\(path): \(error.message)", hint: "check the disk and the path")
    }
  }

  /// What is stored cannot be right.
  package static func untrusted(_ message: String) -> Fault {
    Fault(
      .storage, message, hint: "nothing was sent; run `sluice journal verify` and restore a backup")
  }
}

extension Row {
  /// A word of the schema as its enum; throws when the schema knows a word this program does not.
  package func word<Word: RawRepresentable<String>>(
    _ column: String, as type: Word.Type
  ) throws(Fault) -> Word {
    guard let word = Word(rawValue: text(column)) else {
      throw .untrusted("\(column) holds \(quoted(text(column))), which means nothing here")
    }
    return word
  }
}
