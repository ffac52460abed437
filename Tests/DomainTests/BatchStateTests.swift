import Domain
import Testing

@Suite struct BatchStateTests {
  @Test(arguments: BatchState.allCases, BatchEvent.allCases)
  func `an event leads where its arrow points, or nowhere`(
    _ state: BatchState, _ event: BatchEvent
  ) throws {
    if let next = batchArrows[state]?[event] {
      #expect(try state.applying(event) == next)
    } else {
      #expect(throws: illegal(state.rawValue, event.rawValue)) { try state.applying(event) }
    }
  }

  @Test(arguments: BatchState.allCases)
  func `nothing runs but what was approved`(_ state: BatchState) {
    let mayStart = batchArrows[state]?[.start] != nil

    #expect(mayStart == [.approved, .halted, .running].contains(state))
  }
}

@Suite struct RefusalTests {
  @Test(arguments: Refusal.allCases)
  func `a refusal halts under the reason of the same name`(_ refusal: Refusal) {
    #expect(refusal.haltReason.rawValue == refusal.rawValue)
  }

  @Test func `money is asked last, when every other rule is kept`() {
    #expect(Refusal.allCases.first == .stopped)
    #expect(
      Refusal.allCases.suffix(3)
        == [.capExhausted, .jobFileBudgetExhausted, .homeBudgetExhausted])
    #expect(Refusal.allCases.filter(\.haltReason.isCap).count == 3)
  }
}

@Suite struct OperationTests {
  @Test func `a job is made only of what moves money`() {
    #expect(AllowedOperation.names.map { AllowedOperation($0)?.name } == AllowedOperation.names)
    #expect(Operation.allCases.filter { $0.family == .refund } == [.refundsCreate])
  }
}

@Suite struct ExitCodeTests {
  @Test func `exit codes are the ones the manual lists`() {
    let codes = ExitCode.allCases.map(\.rawValue)

    #expect(codes == [0, 10, 11, 12, 13, 14, 64, 65, 66, 69, 70, 74, 75, 77, 78])
  }

  @Test func `each has a word of its own`() {
    #expect(Set(ExitCode.allCases.map(\.word)).count == ExitCode.allCases.count)
    #expect(ExitCode.haltedByCap.word == "halted_by_cap")
  }
}

private let batchArrows: [BatchState: [BatchEvent: BatchState]] = [
  .draft: [.submit: .submitted, .cancel: .cancelled],
  .submitted: [.approve: .approved, .reject: .rejected, .cancel: .cancelled],
  .approved: [
    .start: .running, .cancel: .cancelled, .amend: .submitted, .expire: .submitted,
  ],
  .running: [.start: .running, .halt: .halted, .finish: .finished],
  .halted: [.start: .running, .cancel: .cancelled, .amend: .submitted, .expire: .submitted],
]
