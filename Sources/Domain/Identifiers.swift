/// The name of a batch: job file, UTC day and four random characters.
package struct BatchID: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// The batch of this full name.
  package init(_ text: String) { self.text = text }

  package var description: String { text }
}

/// The name of what a planner is still putting together: "draft-" and random characters.
package struct DraftID: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// The draft of this full name.
  package init(_ text: String) { self.text = text }

  package var description: String { text }
}

/// A job by its batch and its number in it, counted from 1.
package struct JobID: Hashable, Sendable, CustomStringConvertible {
  package let batch: BatchID
  package let number: Int

  /// The job of this number in this batch.
  package init(batch: BatchID, number: Int) {
    self.batch = batch
    self.number = number
  }

  /// How the journal, Stripe's metadata and people name it: "overdue-20261122-7k2m#12".
  package var description: String { "\(batch)#\(number)" }
}

/// The public name of a vault key: "vk_id_" and random characters.
///
/// It is no secret.
package struct VaultKeyID: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// The vault key of this public id.
  package init(_ text: String) { self.text = text }

  package var description: String { text }
}

/// The public name of an approver's token: "ap_id_" and random characters.
///
/// It is no secret.
package struct ApproverID: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// The approver of this public id.
  package init(_ text: String) { self.text = text }

  package var description: String { text }
}

/// The name of a standing approval: "standing-" and random characters.
package struct StandingID: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// The standing approval of this full name.
  package init(_ text: String) { self.text = text }

  package var description: String { text }
}

/// What a home is for; it is created for one mode and keeps it.
package enum Mode: String, CaseIterable, Sendable {
  case sandbox, test, live
}

/// Characters for random names: no vowels and no look-alikes, so that no name is a word or misread.
private let nameAlphabet = Array("23456789bcdfghjkmnpqrstvwxz")

/// Random characters for names of batches and keys.
package func randomName(length: Int, using random: inout some RandomNumberGenerator) -> String {
  let letters = (0..<length).map { _ in
    nameAlphabet[Int.random(in: nameAlphabet.indices, using: &random)]
  }
  return String(letters)
}
