internal import Domain
internal import JSON
internal import Queue
internal import Service

/// One tool, as it is listed and as it is called.
struct Tool: Sendable {
  let name: String
  let title: String
  let description: String
  let parameters: [Parameter]
  let output: JSONValue
  let hints: Hints
  let call: @Sendable (ToolArguments, PlannerDesk) throws(Fault) -> PlannerAnswer<JSONValue>

  /// What a client may know of a tool before it calls it.
  enum Hints: Sendable {
    /// It changes nothing.
    case reading
    /// It adds; a repeat adds nothing more.
    case adding
    /// It throws something of the planner's own away.
    case discarding
  }

  /// The tool as `tools/list` gives it.
  var json: JSONValue {
    [
      "name": .string(name), "title": .string(title), "description": .string(description),
      "inputSchema": Parameter.schema(of: parameters), "outputSchema": output,
      "annotations": [
        "title": .string(title), "readOnlyHint": .bool(hints == .reading),
        "destructiveHint": .bool(hints == .discarding), "idempotentHint": true,
        "openWorldHint": false,
      ],
    ]
  }

  /// Every tool, in their order, for these job files.
  static func all(_ jobFiles: [JobFile]) -> [Tool] {
    [
      planCharge(jobFiles), planBatch(jobFiles), preview, submit, status, listBatches,
      discardDraft,
    ]
  }
}

extension Parameter {
  /// The fields of one job.
  static let charge: [Parameter] = [
    Parameter(
      name: "account", kind: .text, description: "The customer's id: cus_ and what follows.",
      isRequired: true, most: 255),
    Parameter(
      name: "amount", kind: .text,
      description: "The amount as decimal text, like \"19.99\"; or give amount_minor."),
    Parameter(
      name: "amount_minor", kind: .integer,
      description: "The amount as an integer of minor units (cents); or give amount."),
    Parameter(
      name: "currency", kind: .text,
      description: "Three letters, like usd; needed only where the job file names none."),
    Parameter(
      name: "reference", kind: .text,
      description: "Your own key of this charge, like an invoice number: charged once for each "
        + "account, however often it is planned.", most: 200),
    Parameter(
      name: "description", kind: .text, description: "What the customer reads of it.", most: 500),
    Parameter(
      name: "reason", kind: .text,
      description: "Why it is to be charged; the person who approves reads it.", most: 500),
    Parameter(
      name: "invoice", kind: .text,
      description: "The invoice to pay (in_...), only under a job file that pays invoices.",
      most: 255),
    Parameter(
      name: "charge", kind: .text,
      description: "What to refund (ch_... or pi_...), only under a job file that refunds.",
      most: 255),
    Parameter(
      name: "metadata", kind: .texts, description: "More to keep with it: keys and texts."),
  ]

  /// The choice among the job files that a person configured.
  static func jobFile(_ jobFiles: [JobFile]) -> Parameter {
    let lines = jobFiles.map { file in
      let policy = file.policy
      let words: [String?] =
        [
          file.operation.rawValue, file.description.map { printable($0) },
          file.currency.map { "in \($0) unless said otherwise" } ?? "give a currency",
        ] + policy.caps.map(\.words) + policy.maxPerJob.map { "\($0) per job" }
        + [policy.accounts == nil ? nil : "only for the accounts that it lists"]
      return "\(file.name): " + words.compactMap(\.self).joined(separator: ", ")
    }
    return Parameter(
      name: "job_file", kind: .text,
      description: "The kind of billing run; operation, policy and caps are fixed by it. "
        + lines.joined(separator: "; "),
      isRequired: jobFiles.count != 1, choices: jobFiles.map(\.name))
  }

  static let draft = Parameter(
    name: "draft", kind: .text, description: "The draft's name, as plan_charge gave it.",
    isRequired: true)
}

extension Tool {
  private static func planCharge(_ jobFiles: [JobFile]) -> Tool {
    Tool(
      name: "plan_charge", title: "Plan one charge",
      description: "Adds one job to your draft for a job file; nothing is charged. Call it as "
        + "often as there are accounts, then preview and submit. The same account and reference "
        + "with the same content again is the same job.",
      parameters: [.jobFile(jobFiles)] + Parameter.charge,
      output: OutputSchema.object([
        ("draft", OutputSchema.text), ("number", OutputSchema.count),
        ("added", OutputSchema.flag), ("jobs", OutputSchema.count), ("next", OutputSchema.text),
      ]),
      hints: .adding
    ) { arguments, desk throws(Fault) in
      let answer = try desk.plan([arguments.charge], under: arguments.text("job_file"))
      return answer.map { planned in
        let addition = planned.addition
        return [
          "draft": .string(addition.draft.text),
          "number": .integer(Int64(addition.numbers.first ?? 0)),
          "added": .bool(addition.added > 0), "jobs": .integer(Int64(addition.jobs)),
          "next": .string(Words.planned(planned)),
        ]
      }
    }
  }

  private static func planBatch(_ jobFiles: [JobFile]) -> Tool {
    Tool(
      name: "plan_batch", title: "Plan many charges",
      description: "Adds jobs to your draft for a job file, all of them or none; nothing is "
        + "charged. Then preview and submit. Jobs that are in the draft already with the same "
        + "content are the same jobs.",
      parameters: [
        .jobFile(jobFiles),
        Parameter(name: "jobs", kind: .jobs, description: "The jobs, in order.", isRequired: true),
      ],
      output: OutputSchema.object([
        ("draft", OutputSchema.text), ("numbers", OutputSchema.list(OutputSchema.count)),
        ("added", OutputSchema.count), ("jobs", OutputSchema.count), ("next", OutputSchema.text),
      ]),
      hints: .adding
    ) { arguments, desk throws(Fault) in
      let charges: [ProposedCharge]
      do throws(ArgumentProblem) {
        charges = try arguments.charges("jobs")
      } catch {
        return .refused(
          PlannerRefusal(error.message, advice: "nothing was added; correct it and call again"))
      }
      return try desk.plan(charges, under: arguments.text("job_file")).map { planned in
        let addition = planned.addition
        return [
          "draft": .string(addition.draft.text),
          "numbers": .array(addition.numbers.map { .integer(Int64($0)) }),
          "added": .integer(Int64(addition.added)), "jobs": .integer(Int64(addition.jobs)),
          "next": .string(Words.planned(planned)),
        ]
      }
    }
  }

  private static let discardDraft = Tool(
    name: "discard_draft", title: "Discard a draft",
    description: "Throws one of your own drafts away. A draft that was submitted is a batch, which "
      + "only a person can reject or cancel.",
    parameters: [.draft],
    output: OutputSchema.object([
      ("draft", OutputSchema.text), ("discarded", OutputSchema.flag), ("next", OutputSchema.text),
    ]),
    hints: .discarding
  ) { arguments, desk throws(Fault) in
    let draft = DraftID(arguments.text("draft") ?? "")
    return try desk.discard(draft).map { wasThere in
      [
        "draft": .string(draft.text), "discarded": .bool(wasThere),
        "next": wasThere
          ? "The draft is gone; nothing of it was charged."
          : "There was no such draft; nothing was changed.",
      ]
    }
  }
}

extension PlannerAnswer {
  /// The answer with its value as something else.
  func map<Other>(_ transform: (Value) -> Other) -> PlannerAnswer<Other> {
    switch self {
    case .given(let value): .given(transform(value))
    case .refused(let refusal): .refused(refusal)
    }
  }
}
