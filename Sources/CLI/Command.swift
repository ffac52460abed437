internal import Domain

/// A command: what it takes, and what it does.
struct Command: Sendable {
  let spec: CommandSpec
  let run: @Sendable (Session) throws(Fault) -> ExitCode

  /// Every command, in the order of the flow.
  static let all: [Command] = [
    .submit, .mcp,
    .preview, .approve, .reject, .amend, .cancel,
    .standingApprove, .standingList, .standingWithdraw,
    .approversAdd, .approversList, .approversRemove,
    .run, .cron, .settle, .resolve,
    .list, .show, .report,
    .keysIssue, .keysList, .keysShow, .keysRevoke, .budgetList, .budgetSet, .budgetRemove,
    .stop, .unstop,
    .initialize, .doctor, .journalVerify, .journalExport, .journalHead, .journalRekey,
    .completions, .version,
  ]
}

/// Arguments and options that several commands take.
enum Words {
  static let batch = ArgumentSpec("BATCH", "the batch, by any unique beginning of its name")
  static let optionalBatch = ArgumentSpec(
    "BATCH", "the batch, by any unique beginning of its name; otherwise each that is due",
    isRequired: false)
  static let except = OptionSpec(
    "--except", value: "NUMBERS", "jobs to leave out, by number: 12,40-44")
  static let stripeURL = OptionSpec(
    "--stripe-url", value: "URL",
    "where Stripe is in test mode; otherwise $SLUICE_STRIPE_URL or api.stripe.com")
  static let stripeKeyFile = OptionSpec(
    "--stripe-key-file", value: "FILE",
    "the restricted key; otherwise $SLUICE_STRIPE_KEY_FILE, a systemd credential or "
      + "$STRIPE_API_KEY")
}
