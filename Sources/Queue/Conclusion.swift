package import Domain

extension Summary {
  /// What a run of this batch says with its exit status.
  ///
  /// A person being needed outranks every other halt, that outranks the cap, and the cap outranks
  /// jobs that were not charged. Duplicates and excluded jobs do not count, nor what is still
  /// queued under a limit.
  package var exit: ExitCode {
    if needPerson > 0 { return .needsPerson }
    if let halt = batch.halt { return halt.reason.isCap ? .haltedByCap : .halted }
    let wanted = [SkipReason.duplicate, .excluded].map(\.rawValue)
    let leftOut = reasons.filter { $0.heading == .skipped && wanted.contains($0.reason) }
      .reduce(0) { $0 + $1.jobs }
    let failed =
      jobs(.declined) + jobs(.rejected) + jobs(.processing) + jobs(.notCharged) + jobs(.skipped)
      - leftOut
    return failed > 0 ? .someNotCharged : .done
  }
}

extension ExitCode {
  /// Which of two exit codes a run of several batches ends with: 74, then 13, 12, 11, 14, 10, 0.
  package func worse(_ other: ExitCode) -> ExitCode {
    let order: [ExitCode] = [
      .done, .someNotCharged, .waiting, .haltedByCap, .halted, .needsPerson, .storage,
    ]
    let mine = order.firstIndex(of: self) ?? order.count
    let theirs = order.firstIndex(of: other) ?? order.count
    return mine >= theirs ? self : other
  }
}
