package import Domain
internal import JSON
internal import SQLite

/// A new seal key that is in the file and not in use yet.
package struct Rekeying: Sendable {
  let key: SealKey

  /// Names the new key.
  package var id: String { key.id }

  /// The seal over a row's fields, under the new key.
  package func seal(_ sealed: Sealed) -> String { key.seal([sealed.label] + sealed.fields) }
}

extension Transaction {
  /// Puts a new key into `seal.key`, durably, before anything is sealed with it.
  ///
  /// A crash from here on leaves a key in the file that nothing uses.
  package func addSealKey(
    using random: inout some RandomNumberGenerator
  ) throws(Fault) -> Rekeying {
    Rekeying(key: try SealKeys.add(to: store.home, using: &random))
  }

  /// Makes the new key the home's; the caller has sealed every row anew.
  ///
  /// The entry is the first one under the new key. The store of this transaction writes no other.
  package func rekey(_ rekeying: Rekeying) throws(Fault) {
    let previous = try store.journalHead()
    guard previous.sealKey == store.sealKey.id else {
      throw Fault(
        .busy, "the home was rekeyed while this ran", hint: "look at `sluice journal head`")
    }
    try run("UPDATE home SET seal_key = :key", [":key": .text(rekeying.id)])
    _ = try append(
      .rekeyed, subject: store.facts.id,
      ["seal_key": .string(rekeying.id), "before": .string(store.sealKey.id)], after: previous,
      under: rekeying.key)
  }
}
