#!/usr/bin/env bash
#
# Run. One job at a time, each through the cap. The first job that does not fit
# stops the whole batch, and the report says why. A batch that is halted by its
# cap and run again sends nothing. What cron sees is the exit code: 0 is every
# job charged, 10 some not, 11 the cap, 12 another halt, 13 a person is needed.
# Under `set -e` a script takes it so: status=0; sluice run || status=$?

. "$(dirname "$0")/common.sh"

expect 11 sluice run overdue
expect 11 sluice run overdue --quiet
