# shellcheck shell=bash
#
# Sourced by every script here: where the program and the home are, how a command is shown.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A home of its own, whatever $SLUICE_HOME says: 1-plan.sh begins by removing it.
readonly place=.build-quickstart
export SLUICE_HOME=$PWD/$place/home

# Colours are for a terminal, and for who wants them.
bold='' dim='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi
exec 3>&1

# The program is $SLUICE, or the first of these that a build has left.
find_program() {
  local candidate
  if [[ -n ${SLUICE:-} ]]; then set -- "$SLUICE"; fi
  for candidate; do
    if command -v "$candidate" >/dev/null; then
      SLUICE=$candidate
      return
    fi
  done
  printf 'there is no %s; try: swift build -c release --product sluice\n' "$candidate" >&2
  exit 69
}

# Shows a command as one would type it, even where its output goes to a file, then runs it.
sluice() {
  local word line='sluice'
  for word; do
    case $word in *' '*) word="'$word'" ;; esac
    line+=" $word"
  done
  # A long line goes on at each option, indented, as in a script.
  if ((${#line} > 78)); then line=${line// --/$' \\\n    --'}; fi
  printf '%s$ %s%s\n' "$bold" "$line" "$plain" >&3
  command "$SLUICE" "$@"
}

# Runs a command that is to end with this exit code, and shows the code.
expect() {
  local expected=$1 status=0
  shift
  "$@" || status=$?
  if ((status != expected)); then
    printf 'exit %d, where %d was expected\n' "$status" "$expected" >&2
    exit 1
  fi
  printf '%s[exit %d, as expected]%s\n' "$dim" "$status" "$plain"
}

# The digest in a file that a command wrote with --json.
digest_in() { sed -n 's/.*"digest":"\([0-9a-f]*\)".*/\1/p' "$1"; }

# Prints JSON in lines that fit a terminal.
wrapped() { sed 's/,"/, "/g' | fold -sw 79 | sed 's/ $//'; }

# An interrupted run settles what is in flight; then the script ends.
trap 'exit 130' INT
find_program .build/release/sluice .build/debug/sluice
