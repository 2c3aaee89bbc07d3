# Sourced by run.sh, test.sh and deploy/postgres.sh: what all of them need.
# shellcheck shell=bash

set -euo pipefail
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# install_packages NAME...: from Debian, or says what to do by hand.
install_packages() {
  local as_root=() output
  command -v apt-get >/dev/null || fail "Missing: $*. This is not a Debian system; install them by hand and start again."
  if (( EUID != 0 )); then
    sudo -n true 2>/dev/null ||
      fail "Missing: $*. Neither root nor sudo without a password; run 'apt-get install $*' as root and start again."
    as_root=(sudo -n)
  fi
  echo "Installing $* ..." >&2
  output=$("${as_root[@]}" sh -c 'export DEBIAN_FRONTEND=noninteractive
    apt-get update; apt-get install -y -o DPkg::Lock::Timeout=300 "$@"' sh "$@" 2>&1) || {
    tail -n 15 <<<"$output" >&2
    fail "Missing: $*. apt-get could not install them (no network?); install them by hand and start again."
  }
}

need_dotnet() {
  command -v dotnet >/dev/null || fail "Missing: dotnet. Install the .NET 10 SDK and put it on PATH."
  dotnet --version >/dev/null || fail "The .NET SDK that global.json asks for is missing; see above."
}
