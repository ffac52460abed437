internal import Domain
internal import Journal
internal import Stripe
internal import Worker

/// The key, and the clock.
extension Examination {
  /// The way to Stripe; nil where there is none, or none is needed.
  func connect(_ home: HomeFacts) -> (any StripeConnection)? {
    guard home.mode != .sandbox else {
      add(.ok("key", "a sandbox home needs none"))
      add(.ok("clock", "the sandbox has no clock of its own to compare with"))
      return nil
    }
    do throws(Fault) {
      let key = try StripeKey.find(
        file: patient.keyFile, environment: patient.environment, mode: home.mode)
      let connection = try patient.reach(home, key)
      if let warning = key.warning {
        add(
          .warning(
            "key", warning, hint: "make a restricted key in the Stripe dashboard and use that"))
      } else {
        add(.ok("key", "a restricted key of \(home.mode.rawValue) mode, as the home is"))
      }
      return connection
    } catch {
      add(.problem("key", error))
      return nil
    }
  }

  /// Compares the two clocks; false when Stripe is of no further use.
  func examineClock(over connection: any StripeConnection) -> Bool {
    var clock = StripeClock(patient.clock)
    switch connection.ask(.time) {
    case .neverSent(let why), .lost(let why):
      add(
        .problem(
          "clock", .unreachable, "Stripe cannot be reached: \(printable(why))",
          hint: "check the network and its address, then look again"))
      return false
    case .answer(let answer):
      clock.observe(answer.date)
      if let disagreement = clock.disagreement {
        add(
          .problem(
            "clock", .configuration, disagreement,
            hint: "set this machine's clock; nothing is sent until then, and nothing has to be "
              + "lifted afterwards"))
      } else {
        add(.ok("clock", "it agrees with Stripe's to within \(StripeClock.tolerance.words)"))
      }
      guard answer.status == 401 else { return true }
      add(
        .problem(
          "key", .configuration, "Stripe does not take the key: it answers 401",
          hint: "it is expired, rolled or mistyped: copy it from the Stripe dashboard again"))
      return false
    }
  }
}
