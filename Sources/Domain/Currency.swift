/// A currency Stripe charges in, by its lower-case ISO 4217 code.
package struct Currency: Hashable, Sendable {
  /// Three lower-case letters, as Stripe spells them.
  package let code: String

  /// The currency of this code, in either case, or nil when Stripe does not charge in it.
  package init?(_ code: String) {
    let code = code.lowercased()
    guard Self.known.contains(code) else { return nil }
    self.code = code
  }

  /// How many digits stand behind the decimal point of an amount.
  package var decimals: Int {
    if Self.zeroDecimal.contains(code) { return 0 }
    if Self.threeDecimal.contains(code) { return 3 }
    return 2
  }

  /// The smallest step of an amount in minor units: Stripe wants a last digit of 0 in three-decimal
  /// currencies, and whole units, sent with 00, in isk and ugx.
  package var step: Int64 {
    if Self.threeDecimal.contains(code) { return 10 }
    return Self.wholeUnitsOnly.contains(code) ? 100 : 1
  }

  private static let zeroDecimal = codes(
    "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
  private static let threeDecimal = codes("bhd jod kwd omr tnd")
  private static let wholeUnitsOnly = codes("isk ugx")
  private static let twoDecimal = codes(
    """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd \
    cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd \
    hkd hnl htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk \
    mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron \
    rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah usd \
    uyu uzs wst xcd xcg yer zar zmw
    """)
  private static let known = zeroDecimal.union(threeDecimal).union(wholeUnitsOnly).union(twoDecimal)

  private static func codes(_ list: String) -> Set<String> {
    Set(list.split(separator: " ").map(String.init))
  }
}

extension Currency: CustomStringConvertible {
  package var description: String { code }
}
