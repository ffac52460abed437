import Domain
import Testing

@Suite struct JobStateTests {
  @Test(arguments: JobState.allCases, allJobEvents)
  func `an event leads where its arrow points, or nowhere`(
    _ state: JobState, _ event: JobEvent
  ) throws {
    if let next = jobArrows[state]?[event] {
      #expect(try state.applying(event) == next)
    } else {
      #expect(throws: illegal(state.rawValue, event.description)) { try state.applying(event) }
    }
  }

  @Test func `the message names the state and the event as the database spells them`() {
    let message =
      "no arrow leads from in_doubt by settle not_executed: the database cannot be trusted"

    let fault = Fault(.storage, message, hint: "run `sluice journal verify`")
    #expect(throws: fault) { try JobState.inDoubt.applying(.settle(.notExecuted)) }
  }

  @Test(arguments: JobState.allCases)
  func `what is charged, refused or skipped never moves again`(_ state: JobState) {
    let isFinal = [.charged, .declined, .rejected, .notCharged, .skipped].contains(state)

    #expect((jobArrows[state] == nil) == isFinal)
  }

  @Test(arguments: JobState.allCases)
  func `money is held exactly while a charge may exist unsettled`(_ state: JobState) {
    #expect(state.isHeld == [.sending, .processing, .inDoubt, .unknown].contains(state))
  }

  @Test(arguments: JobState.allCases)
  func `a reference is free only when the money certainly did not move`(_ state: JobState) {
    let isFree = [.declined, .rejected, .notCharged, .skipped].contains(state)

    #expect(state.takesReference == !isFree)
  }

  @Test(arguments: JobOutcome.allCases)
  func `an outcome leads to the state of its name`(_ outcome: JobOutcome) {
    let expected = outcome == .notExecuted ? "queued" : outcome.rawValue

    #expect(outcome.state.rawValue == expected)
  }

  @Test(arguments: JobOutcome.allCases)
  func `a hold is kept exactly while the job's money is held`(_ outcome: JobOutcome) {
    #expect((outcome.holdEvent == nil) == outcome.state.isHeld)
    #expect((outcome.holdEvent == .post) == (outcome == .charged))
  }
}

@Suite struct HoldStateTests {
  @Test(arguments: HoldState.allCases, HoldEvent.allCases)
  func `a hold is settled once`(_ state: HoldState, _ event: HoldEvent) throws {
    guard state == .held else {
      #expect(throws: illegal(state.rawValue, "\(event)")) { try state.applying(event) }
      return
    }
    #expect(try state.applying(event) == (event == .post ? .posted : .voided))
  }
}

/// The fault that a transition without an arrow throws.
func illegal(_ state: String, _ event: String) -> Fault {
  Fault(
    .storage, "no arrow leads from \(state) by \(event): the database cannot be trusted",
    hint: "run `sluice journal verify`")
}

private let allJobEvents: [JobEvent] =
  [.reserve, .lose, .resend, .skip] + JobOutcome.allCases.map(JobEvent.settle)

private let jobArrows: [JobState: [JobEvent: JobState]] = [
  .queued: [.reserve: .sending, .skip: .skipped],
  .sending: [
    .lose: .inDoubt, .settle(.charged): .charged, .settle(.declined): .declined,
    .settle(.rejected): .rejected, .settle(.processing): .processing,
    .settle(.inDoubt): .inDoubt, .settle(.notExecuted): .queued,
  ],
  .inDoubt: [
    .resend: .sending, .settle(.charged): .charged, .settle(.declined): .declined,
    .settle(.processing): .processing, .settle(.notCharged): .notCharged,
    .settle(.unknown): .unknown,
  ],
  .processing: [
    .settle(.charged): .charged, .settle(.declined): .declined, .settle(.notCharged): .notCharged,
  ],
  .unknown: [
    .settle(.charged): .charged, .settle(.declined): .declined, .settle(.notCharged): .notCharged,
  ],
]
