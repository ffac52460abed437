package import Domain
package import JSON
package import Queue

/// What people are told about a batch or a billing run, beside what the terminal shows.
package struct Notice: Equatable, Sendable {
  package let event: NoticeEvent
  /// One or two sentences for a person; chat services show it.
  package let text: String
  /// The batch or the job file it is about.
  package let subject: String
  /// What a program wants to know as well.
  let facts: [JSONMember]

  /// What the journal's entries of notices about a batch or a job file are about.
  package static func journalSubject(of subject: String) -> String { "notice of \(subject)" }

  /// The JSON document that is posted.
  package var json: JSONValue {
    .object(
      [
        JSONMember(key: "schema", value: "sluice.notice/1"),
        JSONMember(key: "event", value: .string(event.rawValue)),
        JSONMember(key: "text", value: .string(escapedText)),
      ] + facts)
  }

  /// The text as Slack wants it, so that nothing in it addresses people or hides where a link goes.
  private var escapedText: String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }
}

/// What people are told of.
package enum NoticeEvent: String, CaseIterable, Sendable {
  /// A batch waits for approval.
  case waiting
  case halted
  case finished
  /// A job is in doubt or unknown.
  case needsPerson = "needs_person"
  /// A billing run starts later than its schedule says.
  case late
  /// A billing run did not come to its end.
  case failed
}

extension Notice {
  /// That a batch waits for a person, and why nothing approves it by itself.
  package static func waiting(
    _ summary: Summary, mode: Mode, because reasons: [String] = []
  ) -> Notice {
    let batch = summary.batch
    let waiting = summary.currencies.map { summary.amount(.queued, $0) }
    let why = reasons.isEmpty ? "" : " (" + reasons.joined(separator: "; ") + ")"
    return Notice(
      event: .waiting,
      text: "\(batch.id) waits for approval\(why): "
        + "\(counted(summary.jobs(.queued), "job")), "
        + "\(money(waiting)). Look at it with `sluice preview \(batch.id)`."
        + sandbox(mode),
      subject: batch.id.text, facts: facts(of: summary, mode))
  }

  /// How a run of a batch ended; nil where there is nothing to say.
  package static func ended(_ summary: Summary, mode: Mode) -> Notice? {
    let batch = summary.batch
    let event: NoticeEvent
    let what: String
    if summary.needPerson > 0 {
      event = .needsPerson
      what = "needs a person: \(counted(summary.needPerson, "job")) in doubt or unknown"
    } else if let halt = batch.halt {
      event = .halted
      what = "halted: \(halt.message)"
    } else if batch.state == .finished {
      event = .finished
      what = "is finished"
    } else {
      return nil
    }
    let charged = summary.currencies.map { summary.amount(.charged, $0) }
    return Notice(
      event: event,
      text: "\(batch.id) \(what). \(groupedDigits(summary.jobs(.charged))) of "
        + "\(counted(batch.jobs, "job")) charged, \(money(charged)). "
        + "See `sluice report \(batch.id)`." + sandbox(mode),
      subject: batch.id.text, facts: facts(of: summary, mode))
  }

  /// That a billing run did not come to its end, and why.
  package static func failed(
    _ jobFile: String, exit: ExitCode, _ message: String, mode: Mode
  ) -> Notice {
    Notice(
      event: .failed,
      text: "The billing run \(jobFile) failed (exit \(exit.rawValue)): \(message)."
        + sandbox(mode),
      subject: jobFile,
      facts: [
        JSONMember(key: "job_file", value: .string(jobFile)),
        JSONMember(key: "exit", value: .integer(Int64(exit.rawValue))),
        JSONMember(key: "message", value: .string(message)),
      ])
  }

  /// That a billing run starts late; `last` is when the one started that came to its end before, or
  /// else the first of all.
  package static func late(
    _ jobFile: String, last: Timestamp, every: Milliseconds, now: Timestamp
  ) -> Notice {
    Notice(
      event: .late,
      text: "The billing run \(jobFile) is late: none has come to its end since the one of "
        + "\(last), and it is due every \(every.words).",
      subject: jobFile,
      facts: [
        JSONMember(key: "job_file", value: .string(jobFile)),
        JSONMember(key: "last_started_at", value: .string(last.description)),
        JSONMember(key: "started_at", value: .string(now.description)),
      ])
  }

  private static func facts(of summary: Summary, _ mode: Mode) -> [JSONMember] {
    let batch = summary.batch
    let counts = Heading.allCases.map {
      JSONMember(key: $0.rawValue, value: .integer(Int64(summary.jobs($0))))
    }
    return [
      JSONMember(key: "batch", value: .string(batch.id.text)),
      JSONMember(key: "job_file", value: .string(batch.jobFile)),
      JSONMember(key: "mode", value: .string(mode.rawValue)),
      JSONMember(key: "state", value: .string(batch.state.rawValue)),
      JSONMember(key: "halt_reason", value: .optional(batch.halt?.reason.rawValue)),
      JSONMember(key: "counts", value: .object(counts)),
    ]
  }

  private static func money(_ amounts: [Money]) -> String {
    amounts.isEmpty ? "nothing" : amounts.map(\.description).joined(separator: " + ")
  }

  private static func sandbox(_ mode: Mode) -> String {
    mode == .sandbox ? " (sandbox: no money moves)" : ""
  }
}
