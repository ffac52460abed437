/// An amount of money: minor units and their currency, never a floating-point number.
package struct Money: Hashable, Sendable {
  /// Cents for usd, yen for jpy, fils for kwd.
  package var minorUnits: Int64
  package var currency: Currency

  /// Money of so many minor units.
  package init(minorUnits: Int64, currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// The most one Stripe operation can move: eight digits of minor units.
  package static let maximumMinorUnits: Int64 = 99_999_999

  /// The largest limit, in minor units: sums of what is below it stay far from overflow, which
  /// SQLite would turn into floating point.
  package static let maximumLimitMinorUnits: Int64 = 999_999_999_999_999
}

/// Why a text is no amount of money; the message names the reading that would be right.
package struct MoneyError: Error, Equatable, Sendable {
  package let message: String

  /// An error of exactly this message.
  package init(message: String) { self.message = message }
}

extension Money {
  /// Reads decimal text with exactly the currency's decimals: "19.99", "20.00", jpy "500".
  ///
  /// A bare integer in a decimal currency could be cents or whole units; money is not guessed, so
  /// it is an error that names both readings.
  package init(decimal text: String, currency: Currency) throws(MoneyError) {
    let minorUnits = try Self.minorUnits(ofDecimal: text, currency: currency)
    try self.init(checking: minorUnits, currency: currency, written: text)
  }

  /// Reads an integer of minor units written in digits.
  package init(minorText text: String, currency: Currency) throws(MoneyError) {
    if text.hasPrefix("-") {
      throw MoneyError(message: "amount_minor must be positive, not \(quoted(text))")
    }
    guard Self.isDigits(text) else {
      throw MoneyError(
        message: "amount_minor must be an integer of minor units, not \(quoted(text))")
    }
    guard let minorUnits = Int64(text) else { throw Self.tooLarge(text) }
    try self.init(checking: minorUnits, currency: currency, written: text)
  }

  /// Reads a limit, such as a cap, which may be larger than what one operation can move.
  package init(limit text: String, currency: Currency) throws(MoneyError) {
    let minorUnits = try Self.minorUnits(ofDecimal: text, currency: currency)
    guard minorUnits > 0 else { throw Self.notPositive(text) }
    guard minorUnits <= Self.maximumLimitMinorUnits else { throw Self.tooLarge(text) }
    self.init(minorUnits: minorUnits, currency: currency)
  }

  /// The plain decimal text that reads back as this amount: "1186.04", jpy "500".
  package var decimal: String {
    let sign = minorUnits < 0 ? "-" : ""
    let digits = String(minorUnits.magnitude)
    guard currency.decimals > 0 else { return sign + digits }
    let padding = max(0, currency.decimals + 1 - digits.count)
    let padded = String(repeating: "0", count: padding) + digits
    return sign + padded.dropLast(currency.decimals) + "." + padded.suffix(currency.decimals)
  }

  private init(checking minorUnits: Int64, currency: Currency, written: String) throws(MoneyError) {
    guard minorUnits > 0 else { throw Self.notPositive(written) }
    guard minorUnits <= Self.maximumMinorUnits else {
      let most = Money(minorUnits: Self.maximumMinorUnits, currency: currency)
      throw MoneyError(message: "\(quoted(written)) is over the most Stripe moves at once, \(most)")
    }
    guard minorUnits % currency.step == 0 else {
      throw MoneyError(
        message: "\(quoted(written)): \(currency) amounts go in steps of "
          + Money(minorUnits: currency.step, currency: currency).decimal)
    }
    self.init(minorUnits: minorUnits, currency: currency)
  }

  private static func minorUnits(
    ofDecimal text: String, currency: Currency
  ) throws(MoneyError) -> Int64 {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy(isDigits) else { throw notDecimal(text, currency) }
    if parts.count == 1, currency.decimals > 0 { throw bareInteger(text, currency) }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard fraction.count == currency.decimals else {
      throw wrongDecimals(text, fraction.count, currency)
    }
    guard let minorUnits = Int64(parts[0] + fraction) else { throw tooLarge(text) }
    return minorUnits
  }

  private static func bareInteger(_ text: String, _ currency: Currency) -> MoneyError {
    guard let whole = Int64(text) else { return tooLarge(text) }
    guard whole > 0 else { return notPositive(text) }
    let asMinor = Money(minorUnits: whole, currency: currency).decimal
    let asMajor = text + "." + String(repeating: "0", count: currency.decimals)
    return MoneyError(
      message: "\(quoted(text)) could mean \(asMinor) or \(asMajor) \(currency); "
        + "write one of them")
  }

  private static func wrongDecimals(
    _ text: String, _ count: Int, _ currency: Currency
  ) -> MoneyError {
    let expected = currency.decimals == 0 ? "no" : "exactly \(currency.decimals)"
    return MoneyError(
      message: "\(currency) amounts have \(expected) decimals, \(quoted(text)) has \(count)")
  }

  private static func notPositive(_ text: String) -> MoneyError {
    MoneyError(message: "the amount must be more than zero, not \(quoted(text))")
  }

  private static func tooLarge(_ text: String) -> MoneyError {
    MoneyError(message: "\(quoted(text)) is too large")
  }

  private static func notDecimal(_ text: String, _ currency: Currency) -> MoneyError {
    if text.hasPrefix("-") { return notPositive(text) }
    let example = Money(minorUnits: 1999 * currency.step, currency: currency).decimal
    return MoneyError(
      message: "\(quoted(text)) is not an amount in \(currency): write plain digits like \(example)"
    )
  }

  private static func isDigits(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }
}

extension Money: CustomStringConvertible {
  /// The amount as people read it: "1,186.04 usd".
  package var description: String { "\(grouped) \(currency)" }

  /// The amount with thousands set apart by commas: "1,186.04".
  package var grouped: String {
    let parts = decimal.split(separator: ".", omittingEmptySubsequences: false)
    let whole = groupedDigits(String(parts[0]))
    return parts.count == 1 ? whole : whole + "." + parts[1]
  }
}

/// A count as people read it: 1,186.
package func groupedDigits(_ count: Int) -> String {
  groupedDigits(String(count))
}

private func groupedDigits(_ digits: String) -> String {
  let sign = digits.hasPrefix("-") ? "-" : ""
  var groups: [Substring] = []
  var rest = digits.dropFirst(sign.count)
  while rest.count > 3 {
    groups.append(rest.suffix(3))
    rest = rest.dropLast(3)
  }
  groups.append(rest)
  return sign + groups.reversed().joined(separator: ",")
}
