#!/usr/bin/env bash
#
# Refunds. Money goes back under a job file, a cap and a key of its own, so that
# a run that may charge cannot refund. Half of what the first three accounts
# paid is planned here from the report of the first batch, as JSON Lines; each
# refund has a reference of its own, so that the same list again gives nothing
# back twice. The last command rebuilds every state, hold and budget from the
# journal and compares, and looks for the end of the journal that was kept:
# whoever keeps it elsewhere can tell a journal that was cut.

. "$(dirname "$0")/common.sh"

sluice report overdue --format csv --output "$place/charged.csv"
awk -F, '$11 == "charged" && n++ < 3 {
  printf "{\"account\":\"%s\",\"charge\":\"%s\",\"amount_minor\":%d,\"currency\":\"%s\",", \
    $3, $14, $9 / 2, $10
  printf "\"reference\":\"half of %s\"}\n", $5
}' "$place/charged.csv" >"$place/refunds.jsonl"
cat "$place/refunds.jsonl"
sluice submit "$place/refunds.jsonl" --job jobs/refunds.json --json >"$place/refunds.json"
sluice approve refunds --digest "$(digest_in "$place/refunds.json")"
sluice run refunds
sluice submit "$place/refunds.jsonl" --job jobs/refunds.json
head=$(sluice journal head)
sluice journal verify --expect-head "$head"
