internal import Approval
internal import Domain
internal import JSON
internal import Queue
internal import Service

/// The tools that hand a draft over, and those that look.
extension Tool {
  static let preview = Tool(
    name: "preview", title: "Preview a draft or batch",
    description: "Shows what would happen to a draft or a batch: totals, caps, and the forecast of "
      + "the job at which a cap stops it. Changes nothing.",
    parameters: [
      Parameter(name: "draft", kind: .text, description: "A draft's name; or give batch."),
      Parameter(name: "batch", kind: .text, description: "A batch's full name; or give draft."),
    ],
    output: OutputSchema.object([
      ("draft", OutputSchema.optionalText), ("batch", OutputSchema.optionalText),
      ("job_file", OutputSchema.text), ("jobs", OutputSchema.count),
      ("totals", OutputSchema.money), ("duplicates", OutputSchema.count),
      (
        "caps",
        OutputSchema.list(
          OutputSchema.object([
            ("of", OutputSchema.word(["batch", "job_file", "home"])),
            ("per", OutputSchema.word(Window.allCases.map(\.rawValue))),
            ("currency", OutputSchema.text), ("limit_minor", OutputSchema.count),
            ("left_minor", OutputSchema.count),
          ]))
      ),
      (
        "forecast",
        OutputSchema.object([
          ("charged", OutputSchema.count), ("last_charged", OutputSchema.optionalCount),
          ("amounts", OutputSchema.money), ("stops_at", OutputSchema.optionalCount),
          ("reason", OutputSchema.optionalText), ("not_reached", OutputSchema.count),
        ])
      ),
      ("next", OutputSchema.text),
    ]),
    hints: .reading
  ) { arguments, desk throws(Fault) in
    switch (arguments.text("draft"), arguments.text("batch")) {
    case (let draft?, nil): return try desk.preview(DraftID(draft)).map(\.json)
    case (nil, let batch?): return try desk.preview(BatchID(batch)).map(\.json)
    case (nil, nil), (.some, .some):
      return .refused(
        PlannerRefusal("give either draft or batch", advice: "see list_batches for yours"))
    }
  }

  static let submit = Tool(
    name: "submit", title: "Submit a draft",
    description: "Makes a batch of a draft and queues it for a person to approve; nothing is "
      + "charged before that. A draft that was submitted already gives the same batch again.",
    parameters: [.draft],
    output: OutputSchema.object([
      ("batch", OutputSchema.text), ("state", OutputSchema.state), ("jobs", OutputSchema.count),
      ("duplicates", OutputSchema.count), ("totals", OutputSchema.money),
      ("next", OutputSchema.text),
    ]),
    hints: .adding
  ) { arguments, desk throws(Fault) in
    try desk.submit(DraftID(arguments.text("draft") ?? "")).map { submitted in
      let (batch, summary) = (submitted.batch, submitted.summary)
      return [
        "batch": .string(batch.id.text), "state": .string(batch.state.rawValue),
        "jobs": .integer(Int64(batch.jobs)), "duplicates": .integer(Int64(summary.duplicates)),
        "totals": summary.totals.json, "next": .string(Words.standing(submitted.situation)),
      ]
    }
  }

  static let status = Tool(
    name: "status", title: "Status of a batch",
    description: "Says how one of your batches stands: counts and totals by outcome, and what "
      + "became of each job, up to 200 at a time.",
    parameters: [
      Parameter(
        name: "batch", kind: .text, description: "The batch's full name.", isRequired: true),
      Parameter(
        name: "from", kind: .integer, description: "The number of the first job to tell of; 1."),
    ],
    output: OutputSchema.object([
      ("batch", OutputSchema.text), ("state", OutputSchema.state), ("jobs", OutputSchema.count),
      ("counts", OutputSchema.headings),
      (
        "totals",
        OutputSchema.list(
          OutputSchema.object(
            [("currency", OutputSchema.text), ("submitted", OutputSchema.count)]
              + Heading.allCases.map { ($0.rawValue, OutputSchema.count) }))
      ),
      (
        "outcomes",
        OutputSchema.list(
          OutputSchema.object([
            ("number", OutputSchema.count), ("reference", OutputSchema.optionalText),
            ("currency", OutputSchema.text), ("amount_minor", OutputSchema.count),
            ("outcome", OutputSchema.word(Heading.allCases.map(\.rawValue))),
            ("why", OutputSchema.optionalText),
          ]))
      ),
      ("next_from", OutputSchema.optionalCount), ("next", OutputSchema.text),
    ]),
    hints: .reading
  ) { arguments, desk throws(Fault) in
    let from = arguments.integer("from").map { Int($0) } ?? 1
    return try desk.status(of: BatchID(arguments.text("batch") ?? ""), from: from).map(\.json)
  }

  static let listBatches = Tool(
    name: "list_batches", title: "List your drafts and batches",
    description: "Lists your own open drafts, and your own batches, newest first, 100 at most.",
    parameters: [],
    output: OutputSchema.object([
      (
        "drafts",
        OutputSchema.list(
          OutputSchema.object([
            ("draft", OutputSchema.text), ("job_file", OutputSchema.text),
            ("jobs", OutputSchema.count),
          ]))
      ),
      (
        "batches",
        OutputSchema.list(
          OutputSchema.object([
            ("batch", OutputSchema.text), ("job_file", OutputSchema.text),
            ("state", OutputSchema.state), ("jobs", OutputSchema.count),
            ("submitted_at", OutputSchema.text), ("next", OutputSchema.text),
          ]))
      ),
      ("more", OutputSchema.count),
    ]),
    hints: .reading
  ) { _, desk throws(Fault) in
    let list = try desk.list()
    return .given([
      "drafts": .array(
        list.drafts.map {
          [
            "draft": .string($0.id.text), "job_file": .string($0.jobFile),
            "jobs": .integer(Int64($0.jobs)),
          ]
        }),
      "batches": .array(
        list.batches.map { situation in
          let batch = situation.batch
          return [
            "batch": .string(batch.id.text), "job_file": .string(batch.jobFile),
            "state": .string(batch.state.rawValue), "jobs": .integer(Int64(batch.jobs)),
            "submitted_at": .string(batch.submittedAt.description),
            "next": .string(Words.standing(situation)),
          ]
        }),
      "more": .integer(Int64(list.more)),
    ])
  }
}

extension PlanOutlook {
  var json: JSONValue {
    [
      "draft": .optional(draft?.text), "batch": .optional(batch?.id.text),
      "job_file": .string(jobFile), "jobs": .integer(Int64(jobs)), "totals": totals.json,
      "duplicates": .integer(Int64(duplicates)),
      "caps": .array(
        budgets.map {
          [
            "of": .string($0.scope.word), "per": .string($0.per.rawValue),
            "currency": .string($0.currency.code), "limit_minor": .integer($0.limit.minorUnits),
            "left_minor": .integer(max(0, $0.room)),
          ]
        }),
      "forecast": [
        "charged": .integer(Int64(forecast.charged)),
        "last_charged": .optional(forecast.lastCharged.map(Int64.init)),
        "amounts": forecast.amounts.json,
        "stops_at": .optional(forecast.stop.map { Int64($0.number) }),
        "reason": .optional(forecast.stop?.reason.rawValue),
        "not_reached": .integer(Int64(forecast.notReached)),
      ],
      "next": .string(Words.outlook(self)),
    ]
  }
}

extension BatchStatus {
  var json: JSONValue {
    [
      "batch": .string(batch.id.text), "state": .string(batch.state.rawValue),
      "jobs": .integer(Int64(batch.jobs)),
      "counts": .object(
        Heading.allCases.map {
          JSONMember(key: $0.rawValue, value: .integer(Int64(summary.jobs($0))))
        }),
      "totals": .array(summary.currencies.map(total)),
      "outcomes": .array(
        outcomes.map {
          [
            "number": .integer(Int64($0.number)), "reference": .optional($0.reference),
            "currency": .string($0.amount.currency.code),
            "amount_minor": .integer($0.amount.minorUnits),
            "outcome": .string($0.heading.rawValue), "why": .optional($0.why),
          ]
        }),
      "next_from": .optional(nextNumber.map(Int64.init)),
      "next": .string(Words.standing(situation)),
    ]
  }

  private var summary: Summary { standing.summary }

  private var batch: Batch { standing.batch }

  private func total(_ currency: Currency) -> JSONValue {
    let head = [
      JSONMember(key: "currency", value: .string(currency.code)),
      JSONMember(
        key: "submitted", value: .integer(summary.submitted[currency]?.amount ?? 0)),
    ]
    return .object(
      head
        + Heading.allCases.map {
          JSONMember(
            key: $0.rawValue, value: .integer(summary.amount($0, currency).minorUnits))
        })
  }
}
