package import Domain

extension Summary {
  /// What a run of this batch says with its exit status.
  ///
  /// A person being needed outranks every other halt, that outranks the cap, and the cap outranks
  /// jobs that were not charged. Duplicates do not count, nor what is still queued under a limit.
  package var exit: ExitCode {
    if needPerson > 0 { return .needsPerson }
    if let halt = batch.halt { return halt.reason == .capExhausted ? .haltedByCap : .halted }
    let duplicates = reasons.first {
      $0.heading == .skipped && $0.reason == SkipReason.duplicate.rawValue
    }
    let failed =
      jobs(.declined) + jobs(.rejected) + jobs(.processing) + jobs(.notCharged) + jobs(.skipped)
      - (duplicates?.jobs ?? 0)
    return failed > 0 ? .someNotCharged : .done
  }
}

extension ExitCode {
  /// Which of two exit codes a run of several batches ends with: 74, then 13, 12, 11, 10, 0.
  package func worse(_ other: ExitCode) -> ExitCode {
    let order: [ExitCode] = [
      .done, .someNotCharged, .haltedByCap, .halted, .needsPerson, .storage,
    ]
    let mine = order.firstIndex(of: self) ?? order.count
    let theirs = order.firstIndex(of: other) ?? order.count
    return mine >= theirs ? self : other
  }
}
