package import Domain

/// Where the cap will stop the batch, if every charge before goes through.
package struct Forecast: Equatable, Sendable {
  /// How many queued jobs are charged.
  package let charged: Int
  /// The number of the last job that is charged.
  package let lastCharged: Int?
  /// What is charged, per currency.
  package let amounts: [Money]
  /// The job at which the batch stops, and why; nil when every job fits.
  package let stop: ForecastStop?
  /// How many jobs are not reached, the stopping one included.
  package let notReached: Int
}

/// The first job that will be refused.
package struct ForecastStop: Equatable, Sendable {
  package let number: Int
  package let reason: Refusal
  package let amount: Money
}

/// The walk of a forecast: which queued jobs fit, in order, until one does not.
package struct ForecastWalk {
  private var allowance: Allowance
  private var charged = 0
  private var lastCharged: Int?
  private var amounts = AmountSums()
  private var stop: ForecastStop?
  private var notReached = 0

  /// A walk that begins with so much room.
  package init(_ allowance: Allowance) { self.allowance = allowance }

  /// Takes the next job of those that would be sent.
  package mutating func take(_ job: PlannedJob) {
    if stop == nil, let broken = allowance.refusal(of: job.movement) {
      stop = ForecastStop(number: job.number, reason: broken.refusal, amount: job.amount)
    }
    guard stop == nil else {
      notReached += 1
      return
    }
    charged += 1
    lastCharged = job.number
    allowance.take(job.movement)
    amounts.add(job.amount)
  }

  /// Where it has come to.
  package var result: Forecast {
    Forecast(
      charged: charged, lastCharged: lastCharged, amounts: amounts.all, stop: stop,
      notReached: notReached)
  }
}

/// Sums of money, one for each currency.
struct AmountSums {
  private var minorUnits: [Currency: Int64] = [:]

  mutating func add(_ amount: Money) {
    minorUnits[amount.currency, default: 0] += amount.minorUnits
  }

  /// By the currencies' codes.
  var all: [Money] {
    minorUnits.map { Money(minorUnits: $0.value, currency: $0.key) }
      .sorted { $0.currency.code < $1.currency.code }
  }
}
