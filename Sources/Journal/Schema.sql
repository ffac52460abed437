-- The one file of a home. Money is integer minor units, time integer milliseconds UTC.
-- Every rule the database can hold, it holds by name.

PRAGMA application_id = 0x536C7563;  -- "Sluc"
PRAGMA user_version = 5;

-- What this home is for; one row, written by `init`.
CREATE TABLE home (
  one            INTEGER NOT NULL,
  id             TEXT    NOT NULL,
  mode           TEXT    NOT NULL,
  stripe_account TEXT,
  seal_key       TEXT    NOT NULL,  -- the key that rows are sealed with; `rekey` changes it
  created_at     INTEGER NOT NULL,
  CONSTRAINT home_pk        PRIMARY KEY (one),
  CONSTRAINT home_is_one    CHECK (one = 1),
  CONSTRAINT home_mode      CHECK (mode IN ('sandbox', 'test', 'live'))
) STRICT;

-- Every event, sealed: each row's seal covers the row and the seal before it.
CREATE TABLE journal (
  sequence INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  actor    TEXT    NOT NULL,
  event    TEXT    NOT NULL,
  subject  TEXT    NOT NULL,
  body     TEXT    NOT NULL,
  seal_key TEXT    NOT NULL,
  seal     TEXT    NOT NULL,
  CONSTRAINT journal_pk       PRIMARY KEY (sequence),
  CONSTRAINT journal_sequence CHECK (sequence > 0)
) STRICT;

CREATE INDEX journal_subject ON journal (subject, sequence);

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Jobs submitted, approved, drained and reported together.
CREATE TABLE batch (
  id                TEXT    NOT NULL,
  family            TEXT    NOT NULL,
  state             TEXT    NOT NULL,
  halt_reason       TEXT,
  halt_number       INTEGER,
  halt_message      TEXT,
  job_file          TEXT    NOT NULL,
  job_file_digest   TEXT    NOT NULL,
  source            TEXT    NOT NULL,
  terms             TEXT    NOT NULL,  -- policy, approval and halt rules as canonical JSON
  api_url           TEXT    NOT NULL,
  api_version       TEXT    NOT NULL,
  jobs              INTEGER NOT NULL,
  digest            TEXT    NOT NULL,  -- SHA-256 of the manifest
  planner           TEXT    NOT NULL,
  submitted_by      TEXT    NOT NULL,
  submitted_uid     INTEGER,
  submitted_at      INTEGER NOT NULL,
  declined_in_a_row INTEGER NOT NULL DEFAULT 0,
  rejected_in_a_row INTEGER NOT NULL DEFAULT 0,
  draft             TEXT,              -- the draft it was, when a planner put it together here
  CONSTRAINT batch_pk     PRIMARY KEY (id),
  CONSTRAINT batch_family CHECK (family IN ('collect', 'refund')),
  CONSTRAINT batch_state  CHECK (state IN (
    'draft', 'submitted', 'approved', 'running', 'halted', 'finished', 'rejected', 'cancelled')),
  CONSTRAINT batch_halt   CHECK ((state = 'halted') <= (halt_reason IS NOT NULL)),
  CONSTRAINT batch_jobs   CHECK (jobs > 0),
  CONSTRAINT batch_draft  UNIQUE (draft)
) STRICT;

-- One intended Stripe operation for one account.
CREATE TABLE job (
  batch          TEXT    NOT NULL,
  number         INTEGER NOT NULL,
  line           INTEGER NOT NULL,
  family         TEXT    NOT NULL,
  account        TEXT    NOT NULL,
  amount_minor   INTEGER NOT NULL,
  currency       TEXT    NOT NULL,
  operation      TEXT    NOT NULL,
  invoice        TEXT,              -- what is paid
  charge         TEXT,              -- what is refunded
  reference      TEXT    NOT NULL,
  description    TEXT,
  payment_method TEXT,
  reason         TEXT,
  metadata       TEXT    NOT NULL,  -- a JSON object, keys in order
  seal           TEXT    NOT NULL,  -- over all of the above, under the seal key
  state          TEXT    NOT NULL,
  skip_reason    TEXT,
  duplicate_of   TEXT,              -- the job that took the reference first
  object         TEXT,              -- Stripe's id of what was made
  code           TEXT,              -- Stripe's code of a decline or rejection
  decline_code   TEXT,
  message        TEXT,
  request_id     TEXT,
  settled_at     INTEGER,
  CONSTRAINT job_pk        PRIMARY KEY (batch, number),
  CONSTRAINT job_batch     FOREIGN KEY (batch) REFERENCES batch (id),
  CONSTRAINT job_number    CHECK (number > 0),
  CONSTRAINT job_amount    CHECK (amount_minor BETWEEN 1 AND 99999999),
  CONSTRAINT job_operation CHECK (operation IN (
    'payment_intents.create', 'charges.create', 'invoices.pay', 'refunds.create')),
  CONSTRAINT job_invoice   CHECK ((operation = 'invoices.pay') = (invoice IS NOT NULL)),
  CONSTRAINT job_charge    CHECK ((operation = 'refunds.create') = (charge IS NOT NULL)),
  CONSTRAINT job_reference CHECK (reference <> ''),
  CONSTRAINT job_state     CHECK (state IN (
    'queued', 'sending', 'charged', 'declined', 'rejected', 'processing', 'in_doubt', 'unknown',
    'not_charged', 'skipped')),
  CONSTRAINT job_skipped   CHECK ((state = 'skipped') = (skip_reason IS NOT NULL)),
  CONSTRAINT job_duplicate CHECK ((skip_reason IS 'duplicate') = (duplicate_of IS NOT NULL)),
  CONSTRAINT job_charged   CHECK ((state = 'charged') <= (object IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- A reference belongs to one job at a time: nobody is charged twice for one thing.
CREATE UNIQUE INDEX job_reference_taken ON job (family, account, reference)
WHERE state IN ('queued', 'sending', 'charged', 'processing', 'in_doubt', 'unknown');

CREATE INDEX job_unsettled ON job (batch, state, number)
WHERE state IN ('sending', 'processing', 'in_doubt', 'unknown');

-- Who approved what, until when.
CREATE TABLE approval (
  id           INTEGER NOT NULL,
  batch        TEXT    NOT NULL,
  digest       TEXT    NOT NULL,
  approver     TEXT    NOT NULL,
  approver_uid INTEGER,
  approver_id  TEXT,              -- the approver's token, where there was no login
  approved_at  INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  jobs         INTEGER NOT NULL,  -- how many were queued, and so approved
  excluded     TEXT,              -- the numbers left out: "12,40-44"
  note         TEXT,
  standing     TEXT,              -- the standing approval that covered it
  seal         TEXT    NOT NULL,
  CONSTRAINT approval_pk    PRIMARY KEY (id),
  CONSTRAINT approval_batch FOREIGN KEY (batch) REFERENCES batch (id)
) STRICT;

CREATE INDEX approval_of_batch ON approval (batch);

-- What its holder may do, until when; revocable. Issued for one run of a batch, or with a secret
-- for use through a vault proxy.
CREATE TABLE vault_key (
  id             TEXT    NOT NULL,
  batch          TEXT,
  secret_sha256  TEXT,
  name           TEXT    NOT NULL,
  vendor         TEXT    NOT NULL,
  policy         TEXT    NOT NULL,  -- canonical JSON
  issued_at      INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  seal           TEXT    NOT NULL,
  jobs_admitted  INTEGER NOT NULL DEFAULT 0,
  revoked_at     INTEGER,
  revoked_by     TEXT,
  revoked_reason TEXT,
  CONSTRAINT vault_key_pk      PRIMARY KEY (id),
  CONSTRAINT vault_key_batch   FOREIGN KEY (batch) REFERENCES batch (id),
  CONSTRAINT vault_key_holder  CHECK ((batch IS NULL) = (secret_sha256 IS NOT NULL)),
  CONSTRAINT vault_key_vendor  CHECK (vendor = 'stripe'),
  CONSTRAINT vault_key_revoked CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
) STRICT;

CREATE INDEX vault_key_of_batch ON vault_key (batch);

-- How much of a scope's money is gone: "batch ID", "job_file NAME" or "home". The limits stand in
-- the sealed policies of vault keys and, for the home, in the journal.
CREATE TABLE budget (
  scope                TEXT    NOT NULL,
  currency             TEXT    NOT NULL,
  held_minor           INTEGER NOT NULL,
  spent_minor          INTEGER NOT NULL,
  day                  INTEGER NOT NULL,  -- the last one anything was posted on, from 1970-01-01
  spent_on_day_minor   INTEGER NOT NULL,
  month                INTEGER NOT NULL,  -- the last one, counted from January of the year 0
  spent_in_month_minor INTEGER NOT NULL,
  CONSTRAINT budget_pk             PRIMARY KEY (scope, currency),
  CONSTRAINT budget_spent          CHECK (spent_minor >= 0),
  CONSTRAINT budget_held           CHECK (held_minor >= 0),
  CONSTRAINT budget_spent_on_day   CHECK (spent_on_day_minor BETWEEN 0 AND spent_minor),
  CONSTRAINT budget_spent_in_month CHECK (spent_in_month_minor BETWEEN 0 AND spent_minor)
) STRICT, WITHOUT ROWID;

-- Money reserved before a request is sent; never released by time.
CREATE TABLE hold (
  id           INTEGER NOT NULL,
  batch        TEXT    NOT NULL,
  number       INTEGER NOT NULL,
  vault_key    TEXT    NOT NULL,
  currency     TEXT    NOT NULL,
  amount_minor INTEGER NOT NULL,
  state        TEXT    NOT NULL,
  posted_minor INTEGER,
  opened_at    INTEGER NOT NULL,
  settled_at   INTEGER,
  CONSTRAINT hold_pk     PRIMARY KEY (id),
  CONSTRAINT hold_job    FOREIGN KEY (batch, number) REFERENCES job (batch, number),
  CONSTRAINT hold_key    FOREIGN KEY (vault_key) REFERENCES vault_key (id),
  CONSTRAINT hold_amount CHECK (amount_minor > 0),
  CONSTRAINT hold_state  CHECK (state IN ('held', 'posted', 'voided')),
  CONSTRAINT hold_posted CHECK ((state = 'posted') = (posted_minor IS NOT NULL))
) STRICT;

-- A job has at most one hold that is not given back.
CREATE UNIQUE INDEX hold_of_job ON hold (batch, number) WHERE state IN ('held', 'posted');

-- One job's request: one idempotency key and one body for ever.
CREATE TABLE attempt (
  batch           TEXT    NOT NULL,
  number          INTEGER NOT NULL,
  idempotency_key TEXT    NOT NULL,
  body            BLOB    NOT NULL,
  api_version     TEXT    NOT NULL,
  stripe_account  TEXT,
  vault_key       TEXT    NOT NULL,
  sends           INTEGER NOT NULL,  -- unresolved ones; 0 when certainly nothing was executed
  server_errors   INTEGER NOT NULL DEFAULT 0,
  first_sent_at   INTEGER NOT NULL,  -- Stripe's time, of the first unresolved send
  last_sent_at    INTEGER NOT NULL,  -- Stripe's time, of the last send
  payment_intent  TEXT,              -- to be cancelled before the job can settle
  ask_again       INTEGER NOT NULL,  -- 0 when only a look-up can settle it
  seal            TEXT    NOT NULL,  -- over all of the above, under the seal key
  CONSTRAINT attempt_pk  PRIMARY KEY (batch, number),
  CONSTRAINT attempt_job FOREIGN KEY (batch, number) REFERENCES job (batch, number),
  CONSTRAINT attempt_key FOREIGN KEY (vault_key) REFERENCES vault_key (id),
  CONSTRAINT attempt_idempotency_key UNIQUE (idempotency_key),
  CONSTRAINT attempt_ask_again       CHECK (ask_again IN (0, 1))
) STRICT, WITHOUT ROWID;

-- What a planner is still putting together: lines that nobody has submitted. One at a time for each
-- planner and job file.
CREATE TABLE draft (
  id              TEXT    NOT NULL,
  planner         TEXT    NOT NULL,
  job_file        TEXT    NOT NULL,
  job_file_digest TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  CONSTRAINT draft_pk         PRIMARY KEY (id),
  CONSTRAINT draft_of_planner UNIQUE (planner, job_file)
) STRICT;

-- One line of a draft; it takes no reference until it is submitted.
CREATE TABLE draft_job (
  draft        TEXT    NOT NULL,
  number       INTEGER NOT NULL,
  account      TEXT    NOT NULL,
  reference    TEXT    NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency     TEXT    NOT NULL,
  line         TEXT    NOT NULL,  -- JSON Lines, as a plan has it
  content      TEXT    NOT NULL,  -- SHA-256 of the job's fields: the same line again adds nothing
  added_at     INTEGER NOT NULL,
  CONSTRAINT draft_job_pk        PRIMARY KEY (draft, number),
  CONSTRAINT draft_job_draft     FOREIGN KEY (draft) REFERENCES draft (id),
  CONSTRAINT draft_job_number    CHECK (number > 0),
  CONSTRAINT draft_job_amount    CHECK (amount_minor BETWEEN 1 AND 99999999),
  CONSTRAINT draft_job_reference UNIQUE (draft, account, reference)
) STRICT, WITHOUT ROWID;

-- How many jobs a planner has added in its last hour of UTC.
CREATE TABLE planner_hour (
  planner TEXT    NOT NULL,
  hour    INTEGER NOT NULL,  -- counted from 1970-01-01
  jobs    INTEGER NOT NULL,
  CONSTRAINT planner_hour_pk   PRIMARY KEY (planner),
  CONSTRAINT planner_hour_jobs CHECK (jobs > 0)
) STRICT, WITHOUT ROWID;
