#!/usr/bin/env bash
#
# Amend. To go on, the batch gets another cap. That makes another digest, and
# the approval is gone with the old one: a person has to look again and say yes
# to the higher cap, for the jobs that are still queued.

. "$(dirname "$0")/common.sh"

sluice amend overdue --cap usd=2000.00 --json >"$place/amended.json"
wrapped <"$place/amended.json"
sluice preview overdue
sluice approve overdue --digest "$(digest_in "$place/amended.json")"
