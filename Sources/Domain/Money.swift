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
}

/// Why a text is no amount of money; the message names the reading that would be right.
package struct MoneyError: Error, Equatable, Sendable {
  package let message: String
}

extension Money {
  /// Reads decimal text with exactly the currency's decimals: "19.99", "20.00", jpy "500".
  ///
  /// A bare integer in a decimal currency could be cents or whole units; money is not guessed, so it
  /// is an error that names both readings.
  package init(decimal text: String, currency: Currency) throws(MoneyError) {
    let minorUnits = try Self.minorUnits(ofDecimal: text, currency: currency)
    try self.init(checking: minorUnits, currency: currency, written: text)
  }

  /// Reads an integer of minor units written in digits.
  package init(minorText text: String, currency: Currency) throws(MoneyError) {
    if text.hasPrefix("-") {
      throw MoneyError(message: "amount_minor must be positive, not \(quoted(text))")
    }
    guard let digits = Self.digits(text) else {
      throw MoneyError(message: "amount_minor must be an integer of minor units, not \(quoted(text))")
    }
    try self.init(checking: digits, currency: currency, written: text)
  }

  /// Reads a limit, such as a cap, which may be larger than what one operation can move.
  package init(limit text: String, currency: Currency) throws(MoneyError) {
    let minorUnits = try Self.minorUnits(ofDecimal: text, currency: currency)
    guard minorUnits > 0 else { throw MoneyError(message: "\(quoted(text)) must be more than zero") }
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
    guard minorUnits > 0 else {
      throw MoneyError(message: "the amount must be more than zero, not \(quoted(written))")
    }
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
    if parts.count == 1, currency.decimals > 0, let whole = digits(text) {
      throw bareInteger(text, whole, currency)
    }
    let expected = currency.decimals == 0 ? 1 : 2
    guard parts.count == expected, let whole = digits(parts[0]), expected == 1 || digits(parts[1]) != nil
    else { throw notDecimal(text, currency) }
    guard currency.decimals == 0 || parts[1].count == currency.decimals else {
      let digits = currency.decimals == 1 ? "decimal" : "decimals"
      throw MoneyError(
        message: "\(currency) amounts have exactly \(currency.decimals) \(digits), \(quoted(text)) "
          + "has \(parts[1].count)")
    }
    let fraction = expected == 1 ? 0 : digits(parts[1]) ?? 0
    let (major, overMultiplied) = whole.multipliedReportingOverflow(by: currency.minorPerMajor)
    let (minor, overAdded) = major.addingReportingOverflow(fraction)
    guard !overMultiplied, !overAdded else {
      throw MoneyError(message: "\(quoted(text)) is too large")
    }
    return minor
  }

  private static func bareInteger(_ text: String, _ whole: Int64, _ currency: Currency) -> MoneyError {
    let asMinor = Money(minorUnits: whole, currency: currency).decimal
    let asMajor = text + "." + String(repeating: "0", count: currency.decimals)
    return MoneyError(
      message: "\(quoted(text)) could mean \(asMinor) or \(asMajor) \(currency); "
        + "write one of them, or use the column amount_minor")
  }

  private static func notDecimal(_ text: String, _ currency: Currency) -> MoneyError {
    if text.hasPrefix("-") {
      return MoneyError(message: "the amount must be more than zero, not \(quoted(text))")
    }
    let example = Money(minorUnits: 19990 / 10 * currency.step, currency: currency).decimal
    return MoneyError(
      message: "\(quoted(text)) is not an amount in \(currency): write plain digits like \(example)")
  }

  private static func digits(_ text: some StringProtocol) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Int64(text) ?? Int64.max
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
