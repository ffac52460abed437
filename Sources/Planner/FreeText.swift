package import Domain

/// Text that a person types into a command: a note, a reason, evidence.
package enum FreeText {
  private static let mostCharacters = 500

  /// What repeats a person's words without a key that may be among them.
  package static func withoutKeys(_ text: String) -> String { Secrets.cuttingKeys(text) }

  /// Throws `usage` when the text of a flag holds an API key, a card number or a control character,
  /// is blank or too long; the text itself is never in the message.
  package static func check(_ text: String, _ name: String) throws(Fault) {
    if text[...].trimmingSpaces.isEmpty {
      throw Fault(.usage, "the text of \(name) is blank", hint: "write it behind \(name)")
    }
    do throws(FieldProblem) {
      let subject = "text of \(name)"
      try FieldRule.anyText(text, subject)
      _ = try FieldRule.freeText(text, subject, most: mostCharacters)
    } catch {
      throw Fault(.usage, error.message, hint: "write \(name) again without it")
    }
  }
}
