#!/usr/bin/env bash
#
# Report. `sluice report overdue` prints what the run printed, at any time. As
# HTML it is one page to open in a browser, with a picture of the run. For a
# program it is JSON with a member per job. Every job is under exactly one
# heading, and the headings add up, in jobs and in money (here in cents).

. "$(dirname "$0")/common.sh"

sluice report overdue --format html --output "$place/report.html"
sluice report overdue --format json --output "$place/report.json"
grep -o '"counts":{[^}]*}' "$place/report.json" | wrapped
grep -o '"totals":\[[^]]*\]' "$place/report.json" | wrapped
