internal import Domain

/// Money on a command line: `usd=900.00`.
extension Session {
  /// The limits that `--cap` gives, one per currency.
  func caps() throws(Fault) -> [Money] { try amounts("--cap") }

  /// The amounts that a repeated flag gives, one per currency.
  func amounts(_ flag: String) throws(Fault) -> [Money] {
    var amounts: [Money] = []
    for word in invocation.values(flag) {
      let amount = try money(word, "\(flag) usd=900.00")
      guard !amounts.contains(where: { $0.currency == amount.currency }) else {
        throw Fault(
          .usage, "\(flag) is given twice in \(amount.currency)", hint: "give one per currency")
      }
      amounts.append(amount)
    }
    return amounts
  }

  /// Reads a limit; `example` is what the hint of an error shows.
  func money(_ word: String, _ example: String) throws(Fault) -> Money {
    let hint = "write it like \(example)"
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw Fault(.usage, "\(quoted(word)) is no amount of money", hint: hint)
    }
    let currency = try currency(String(parts[0]), hint)
    do {
      return try Money(limit: String(parts[1]), currency: currency)
    } catch {
      throw Fault(.usage, error.message, hint: hint)
    }
  }

  /// Reads a currency.
  func currency(_ word: String, _ hint: String) throws(Fault) -> Currency {
    guard let currency = Currency(word) else {
      throw Fault(.usage, "unknown currency \(quoted(word))", hint: hint)
    }
    return currency
  }
}
