#!/usr/bin/env bash
#
# Invoices. Jobs need not come from a file: this job file asks Stripe for the
# open invoices that are 15 days overdue, and each is read afresh before it is
# paid: one that was paid, voided or changed since is skipped. The approver
# leaves one out and says why. A budget of the home caps what all its batches
# move in a day; another one counts at the very next claim.

. "$(dirname "$0")/common.sh"

sluice budget set usd=2000.00 --per day
sluice submit --job jobs/overdue-invoices.json --planner billing-agent --json >"$place/invoices.json"
wrapped <"$place/invoices.json"
sluice preview invoices --except 3
sluice approve invoices --digest "$(digest_in "$place/invoices.json")" \
  --except 3 --note "Acme pays by transfer"
expect 11 sluice run invoices --quiet
sluice budget list
sluice budget set usd=3000.00 --per day
expect 10 sluice run invoices
