#!/usr/bin/env bash
#
# Preview. What an approval would let happen. The list is worth 1,712.17 usd
# and the cap is 500.00, so the forecast says where the run will stop if every
# charge succeeds; each one that is declined lets the run get a job further.

. "$(dirname "$0")/common.sh"

sluice preview overdue
