extension Told {
  /// The home's tables once more, without rules; what only a seal covers is left out.
  ///
  /// A second time they are emptied, not made anew: every prepared statement would be compiled
  /// again.
  static let tables =
    """
    CREATE TEMP TABLE IF NOT EXISTS told_extent (batch TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_extent;
    CREATE TEMP TABLE IF NOT EXISTS told_reference (
      family TEXT, account TEXT, reference TEXT, PRIMARY KEY (family, account, reference)
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_reference;
    CREATE TEMP TABLE IF NOT EXISTS told_home (
      one INTEGER PRIMARY KEY, id TEXT, mode TEXT, stripe_account TEXT, seal_key TEXT,
      created_at INTEGER, sequence INTEGER
    ) STRICT;
    DELETE FROM temp.told_home;
    CREATE TEMP TABLE IF NOT EXISTS told_batch (
      id TEXT PRIMARY KEY, family TEXT, state TEXT, halt_reason TEXT, halt_number INTEGER,
      halt_message TEXT, job_file TEXT, source TEXT, jobs INTEGER, digest TEXT, planner TEXT,
      submitted_by TEXT, submitted_uid INTEGER, submitted_at INTEGER,
      declined_in_a_row INTEGER DEFAULT 0, rejected_in_a_row INTEGER DEFAULT 0,
      draft TEXT, submitted INTEGER, sequence INTEGER
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_batch;
    CREATE TEMP TABLE IF NOT EXISTS told_answer (
      batch TEXT, sequence INTEGER, word TEXT, PRIMARY KEY (batch, sequence)
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_answer;
    CREATE TEMP TABLE IF NOT EXISTS told_turn (
      batch TEXT, number INTEGER, moved INTEGER, answered INTEGER, said INTEGER, made INTEGER,
      claimed_first INTEGER, claimed INTEGER, sent INTEGER, noted INTEGER,
      PRIMARY KEY (batch, number)
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_turn;
    CREATE TEMP TABLE IF NOT EXISTS told_job (
      batch TEXT, number INTEGER, family TEXT, state TEXT, skip_reason TEXT, duplicate_of TEXT,
      object TEXT, code TEXT, decline_code TEXT, message TEXT, request_id TEXT, settled_at INTEGER,
      sequence INTEGER, PRIMARY KEY (batch, number)
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_job;
    CREATE TEMP TABLE IF NOT EXISTS told_hold (
      id INTEGER PRIMARY KEY, batch TEXT, number INTEGER, vault_key TEXT, currency TEXT,
      amount_minor INTEGER, state TEXT, posted_minor INTEGER, opened_at INTEGER,
      settled_at INTEGER, is_admission INTEGER, sequence INTEGER
    ) STRICT;
    DELETE FROM temp.told_hold;
    CREATE TEMP TABLE IF NOT EXISTS told_attempt (
      batch TEXT, number INTEGER, idempotency_key TEXT, vault_key TEXT, sends INTEGER,
      server_errors INTEGER, first_sent_at INTEGER, last_sent_at INTEGER, payment_intent TEXT,
      ask_again INTEGER, body_sha256 TEXT, sequence INTEGER, PRIMARY KEY (batch, number)
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_attempt;
    CREATE TEMP TABLE IF NOT EXISTS told_approval (
      id INTEGER PRIMARY KEY, batch TEXT, digest TEXT, approver TEXT, approver_uid INTEGER,
      approver_id TEXT, approved_at INTEGER, expires_at INTEGER, jobs INTEGER, excluded TEXT,
      note TEXT, standing TEXT, sequence INTEGER
    ) STRICT;
    DELETE FROM temp.told_approval;
    CREATE TEMP TABLE IF NOT EXISTS told_vault_key (
      id TEXT PRIMARY KEY, batch TEXT, secret_sha256 TEXT, name TEXT, vendor TEXT, policy TEXT,
      issued_at INTEGER, expires_at INTEGER, jobs_admitted INTEGER, revoked_at INTEGER,
      revoked_by TEXT, revoked_reason TEXT, sequence INTEGER
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_vault_key;
    CREATE TEMP TABLE IF NOT EXISTS told_budget (
      scope TEXT, currency TEXT, held_minor INTEGER, spent_minor INTEGER, day INTEGER,
      spent_on_day_minor INTEGER, month INTEGER, spent_in_month_minor INTEGER, sequence INTEGER,
      PRIMARY KEY (scope, currency)
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_budget;
    CREATE TEMP TABLE IF NOT EXISTS told_addition (
      draft TEXT, last INTEGER, first INTEGER, digest TEXT, sequence INTEGER,
      PRIMARY KEY (draft, last)
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_addition;
    CREATE TEMP TABLE IF NOT EXISTS told_draft (
      id TEXT PRIMARY KEY, planner TEXT, job_file TEXT, job_file_digest TEXT, created_at INTEGER,
      sequence INTEGER
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_draft;
    CREATE TEMP TABLE IF NOT EXISTS told_planning (
      planner TEXT, sequence INTEGER, hour INTEGER, jobs INTEGER, PRIMARY KEY (planner, sequence)
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_planning;
    CREATE TEMP TABLE IF NOT EXISTS told_planner_hour (
      planner TEXT PRIMARY KEY, hour INTEGER, jobs INTEGER, sequence INTEGER
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.told_planner_hour;
    """
}
