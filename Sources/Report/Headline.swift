package import Domain
package import Queue

extension Heading {
  /// The heading as people read it: "in doubt", "not charged", and of refunds "refunded".
  package func words(_ family: Family) -> String {
    switch (self, family) {
    case (.charged, .refund): "refunded"
    case (.notCharged, .refund): "not refunded"
    case (.notCharged, .collect): "not charged"
    case (.inDoubt, _): "in doubt"
    case (.charged, .collect), (.declined, _), (.rejected, _), (.processing, _), (.unknown, _),
      (.skipped, _), (.queued, _):
      rawValue
    }
  }

  /// In the order of the text: what is certain, then what is not.
  static var reported: [Heading] {
    [
      .charged, .declined, .rejected, .processing, .notCharged, .skipped, .queued, .inDoubt,
      .unknown,
    ]
  }

  /// Whether a person must find out what became of the job.
  var needsPerson: Bool {
    switch self {
    case .inDoubt, .unknown: true
    case .charged, .declined, .rejected, .processing, .notCharged, .skipped, .queued: false
    }
  }
}

extension Summary {
  /// The line a report opens with: "251 charged 499.49 usd · 596 skipped 99.00 usd · 0 need you".
  ///
  /// Where it would not fit it leaves money to the table below: first that of the small headings,
  /// then all but what was charged, then all.
  var headline: String {
    let headings = Heading.reported.filter { heading in
      heading == .charged || jobs(heading) > 0 && !heading.needsPerson
    }
    let lines = [headings, [.charged, .skipped, .queued], [.charged], []].map {
      headline(headings, withMoney: $0)
    }
    return lines.first { $0.count <= 100 } ?? lines[3]
  }

  private func headline(_ headings: [Heading], withMoney told: [Heading]) -> String {
    let counts = headings.map { heading in
      let count = "\(groupedDigits(jobs(heading))) \(heading.words(batch.family))"
      return told.contains(heading) ? "\(count) \(money(heading))" : count
    }
    let need = "\(groupedDigits(needPerson)) \(needPerson == 1 ? "needs" : "need") you"
    return (counts + [need]).joined(separator: " · ")
  }

  /// The money under a heading in each currency that has some there; nothing at all is a zero.
  private func money(_ heading: Heading) -> String {
    let there = currencies.filter { amount(heading, $0).minorUnits > 0 }
    let shown = there.isEmpty ? Array(currencies.prefix(1)) : there
    return shown.map { amount(heading, $0).description }.joined(separator: " + ")
  }
}
