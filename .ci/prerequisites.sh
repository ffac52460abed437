# shellcheck shell=bash
#
# Sourced by Tests/run and examples/quickstart: what a build needs, and how to install it.
# It keeps to bash 3.2, which has no mapfile and calls an empty array unbound.

: "${program:?the name of the script that sources this, for its messages}"

say() { printf '==> %s\n' "$*" >&2; }

fail() {
  local status=$1
  shift
  printf '%s: %s\n' "$program" "$*" >&2
  exit "$status"
}

# Runs a command under a heading; stops with a message where it fails.
step() {
  local what=$1 status=0
  shift
  say "$what"
  "$@" || status=$?
  ((status == 0)) || fail "$status" "$what: failed with status $status"
}

has() { command -v "$1" >/dev/null 2>&1; }

has_header() {
  local compiler
  for compiler in cc gcc clang; do
    has "$compiler" || continue
    printf '#include <%s>\n' "$1" | "$compiler" -E -x c - >/dev/null 2>&1
    return
  done
  return 1
}

# The apt packages a build needs that are not there, one a line.
missing_to_build() {
  has_header stdio.h || echo build-essential
  has_header curl/curl.h || echo libcurl4-openssl-dev
  has_header sqlite3.h || echo libsqlite3-dev
}

# The same for the tests.
missing_to_test() {
  missing_to_build
  if [[ $(uname) == Linux ]] && ! has strace; then echo strace; fi
  if ! has chromedriver; then echo chromium-driver; fi
  if ! has zsh; then echo zsh; fi
  if ! has python3; then echo python3; fi
  if ! python3 -c 'import ensurepip, venv' >/dev/null 2>&1; then echo python3-venv; fi
}

# The same for the tests that make users and change the machine.
missing_to_change_machine() {
  has sudo || echo sudo
  has sqlite3 || echo sqlite3
  has cron || echo cron
  has systemd-analyze || echo systemd
}

# Runs a command as root.
as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Installs packages, if there are any to install.
install_packages() {
  (($# > 0)) || return 0
  if [[ $(uname) == Darwin ]]; then
    fail 69 "missing: $*; try: xcode-select --install; brew install curl sqlite python3"
  fi
  has apt-get || fail 69 "missing: $*; install what your system calls them"
  if ((EUID != 0)) && ! has sudo; then
    fail 77 "not root, and no sudo; ask for: apt-get install $*"
  fi
  say "Installing with apt: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq \
    || fail 69 "apt-get update failed: is there a network?"
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq --yes --no-install-recommends "$@" \
    || fail 69 "apt-get install $* failed"
}

check_swift() {
  has swift || fail 69 "Swift 6.3 is needed: https://www.swift.org/install"
  local version
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
  [[ $(printf '6.3\n%s\n' "$version" | sort -V | head -n 1) == 6.3 ]] \
    || fail 69 "Swift 6.3 is needed, this is ${version:-no Swift}: https://www.swift.org/install"
}
