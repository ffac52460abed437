#!/usr/bin/env bash
#
# Approve. On a terminal, `sluice approve overdue` shows the preview and asks.
# A script gives the digest of the plan instead. An approval holds for exactly
# that plan: a job altered, added or removed afterwards is not sent.

. "$(dirname "$0")/common.sh"

sluice approve overdue --digest "$(digest_in "$place/submitted.json")"
