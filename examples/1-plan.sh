#!/usr/bin/env bash
#
# Plan. A new home in sandbox mode, where no money moves; into its queue go the
# 847 overdue accounts of overdue.csv, as one batch: every line is in order, or
# none is queued. A planner, here an agent, holds no Stripe key and cannot
# approve: nothing happens until a person has looked.

. "$(dirname "$0")/common.sh"

rm -rf "$place" && mkdir "$place"
sluice init --mode sandbox
sluice submit --job jobs/overdue.json --planner billing-agent --json >"$place/submitted.json"
wrapped <"$place/submitted.json"
