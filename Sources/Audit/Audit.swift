package import Domain
package import Journal
package import Queue
package import Vault

/// Rebuilds the tables from the journal alone and compares, every column.
///
/// The journal cannot be altered without the seal key; the tables can, by anyone with a shell. What
/// the journal tells is written to scratch tables of the same columns (`Told`), outside the home's
/// file, so that a million jobs take no memory and no lock.
package struct Audit {
  package let store: Store

  /// The audit of a home.
  package init(_ store: Store) { self.store = store }

  /// Checks the schema, the file, the chain, every row of every table, and every seal.
  ///
  /// Throws `storage` naming the first sequence that is wrong, with what else disagrees.
  package func verify() throws(Fault) -> JournalHead {
    try store.checkHead()
    return try verifyTables()
  }

  /// The same, whatever the file `head` says.
  package func verifyTables() throws(Fault) -> JournalHead {
    try store.snapshot { () throws(Fault) in
      try store.checkSchema()
      try store.checkFile()
      var ledger = Ledger()
      try store.verifyChain { entry throws(Fault) in try ledger.read(entry) }
      let told = try Told(store, of: .everything)
      try told.addBudgets(ledger)
      let disagreements = try Disagreements(store)
      for table in Comparison.all {
        try disagreements.add(table)
        try disagreements.addMissing(table, among: told.rows)
      }
      try disagreements.addContents()
      try disagreements.addDraftContents()
      try disagreements.addSeals(among: told.rows)
      try disagreements.report()
      return ledger.head
    }
  }

  /// What a run checks at its start: schema, file, the whole chain, and the rows its batch draws
  /// on.
  ///
  /// Whether the jobs are those that were approved is not asked here: a run halts the batch for
  /// that. Returns the ledger of the batch, read to the journal's end.
  package func check(_ batch: Batch) throws(Fault) -> Ledger {
    try store.checkHead()
    return try store.snapshot { () throws(Fault) in
      try store.checkSchema()
      try store.checkFile()
      var ledger = Ledger(of: batch.id, jobFile: batch.jobFile)
      try store.verifyChain { entry throws(Fault) in try ledger.read(entry) }
      let told = try Told(store, of: .batch(batch.id, jobFile: batch.jobFile))
      try told.addBudgets(ledger)
      let disagreements = try Disagreements(store)
      for table in Comparison.ofRun {
        try disagreements.add(table.withoutPlan)
        if !table.isPlan { try disagreements.addMissing(table, among: told.rows) }
      }
      try disagreements.addSeals(among: told.rows)
      try disagreements.report()
      return ledger
    }
  }
}
