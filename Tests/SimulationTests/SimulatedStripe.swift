import Domain
import Stripe
import Vault

/// A Stripe in memory that outlives every process of ours, and the network on the way to it.
///
/// It keeps idempotency keys for exactly 24 hours, so that a key that is older makes a new charge.
final class SimulatedStripe: StripeConnection {
  /// A saved answer, or a request that runs.
  struct Saved {
    let path: String
    let body: [UInt8]
    var status: Int
    var text: String
    let at: Timestamp
    /// When it will have run.
    var busyUntil: Timestamp?
  }

  /// Something that happens at Stripe later.
  struct Event {
    let at: Timestamp
    let number: Int
    let name: String
    let run: () -> Void
  }

  let clock: SimulatedClock
  var dice: Dice
  var weather = Weather.fair
  var saved: [String: Saved] = [:]
  /// In the order they were made.
  var objects: [SimulatedObject] = []
  var behaviours: [String: Behaviour] = [:]
  /// Customers without a default payment method.
  var penniless: Set<String> = []
  /// Every movement of money by a request of ours.
  var moved: [Moved] = []
  /// Jobs of which it was said, wrongly, that their key is another request's.
  var disputed: Set<String> = []
  var events: [Event] = []
  private var eventCount = 0
  /// When the event happens that is being run; it may have been due long ago.
  private var eventTime: Timestamp?

  /// Whether our process is dead: nothing leaves it.
  var isDead: () -> Bool = { false }
  /// Told before a request leaves.
  var onSend: (Attempt) -> Void = { _ in }
  /// Told before a question leaves.
  var onAsk: (Question) -> Void = { _ in }
  /// Told after a request has arrived, before the answer does.
  var onExecuted: () -> Void = {}
  /// Takes what happened, in words, when somebody wants to know.
  var log: ((String) -> Void)?

  init(clock: SimulatedClock, seed: UInt64) {
    self.clock = clock
    dice = Dice(seed: seed)
  }

  // MARK: Time

  /// The time at Stripe.
  var now: Timestamp { eventTime ?? clock.truth }

  /// Plans something.
  func plan(_ name: String, in wait: Milliseconds, _ run: @escaping () -> Void) {
    eventCount += 1
    events.append(Event(at: now + wait, number: eventCount, name: name, run: run))
  }

  /// Lets everything happen that is due.
  func catchUp() {
    while let next = events.filter({ $0.at <= clock.truth }).min(by: { Self.isFirst($0, $1) }) {
      events.removeAll { $0.number == next.number }
      tell("  at Stripe: \(next.name)")
      eventTime = next.at
      next.run()
      eventTime = nil
    }
  }

  private static func isFirst(_ left: Event, _ right: Event) -> Bool {
    (left.at.milliseconds, left.number) < (right.at.milliseconds, right.number)
  }

  func tell(_ words: @autoclosure () -> String) { log?(words()) }

  // MARK: Answers

  func reply(_ status: Int, _ text: String, _ headers: [String: String] = [:]) -> Reply {
    var headers = headers
    headers["date"] = clock.truth.httpDate
    return .answer(Answer(status: status, headers: headers, body: Array(text.utf8)))
  }

  static func error(
    _ type: String, _ code: String? = nil, intent: String? = nil, charge: String? = nil
  ) -> String {
    let code = code.map { ",\"code\":\"\($0)\"" } ?? ""
    let intent = intent.map { ",\"payment_intent\":{\"id\":\"\($0)\"}" } ?? ""
    let charge = charge.map { ",\"charge\":\"\($0)\"" } ?? ""
    return "{\"error\":{\"type\":\"\(type)\"\(code),\"message\":\"no\"\(intent)\(charge)}}"
  }

  // MARK: Objects

  func index(of id: String) -> Int? { objects.firstIndex { $0.id == id } }

  /// Changes where an object stands; money that moves with it is counted.
  func set(_ id: String, _ status: String) {
    guard let index = index(of: id), objects[index].status != status else { return }
    let hadMoved = objects[index].hasMoved
    objects[index].status = status
    if !hadMoved { count(objects[index]) }
  }

  func add(_ object: SimulatedObject) {
    objects.append(object)
    count(object)
  }

  private func count(_ object: SimulatedObject) {
    guard object.hasMoved, let job = object.job else { return }
    moved.append(Moved(job: job, object: object.id, amount: object.amount, at: now))
  }
}

/// How much goes wrong on the way to Stripe and at its door.
enum Weather: Int {
  /// Nothing.
  case fair = 0
  /// One request in eight.
  case rough = 8
  /// One request in two.
  case storm = 2
}
