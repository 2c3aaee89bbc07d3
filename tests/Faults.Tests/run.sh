#!/usr/bin/env bash
# Breaks the system for as long as you like while 16 clients file, correct and waive, and compares after each fault.
#
#   tests/Faults.Tests/run.sh [MINUTES [FAULTS [SEED]]]   default 60 minutes or 500 faults, whatever comes first
#   tests/Faults.Tests/run.sh drill [REPORTS]             destroys the server after so many reports (default 1650) and restores it
#
# PREVIOUS=COMMIT: starts with the programs and the schema of that commit, and changes versions, there and back, under
# load. A cluster of its own, loopback only; as root also the small disk. The logs stay if something was found.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
# shellcheck source=deploy/common.sh
. deploy/common.sh

need_dotnet
deploy/postgres.sh install
folder=$(mktemp -d "${TMPDIR:-/tmp}/aggregator-faults-run.XXXXXX")
output=$(dotnet build tests/Faults.Tests -c Release -v quiet 2>&1) || fail "$output"

export AGGREGATOR_FAULTS_LOGS=$folder AGGREGATOR_FAULTS_REPORT=$folder/report.txt
touch "$folder/report.txt"
if [[ ${1:-} == drill ]]; then
  class=RestoreDrillTests
  export AGGREGATOR_DRILL_REPORTS=${2:-1650}
else
  class=FaultTests
  export AGGREGATOR_FAULTS_MINUTES=${1:-60} AGGREGATOR_FAULTS_COUNT=${2:-500} AGGREGATOR_FAULTS_SEED=${3:-$RANDOM}
  if [[ -n ${PREVIOUS:-} ]]; then
    git worktree add --detach "$folder/source" "$PREVIOUS"
    for program in Api Worker; do
      dotnet publish "$folder/source/src/$program" -c Release -o "$folder/previous/$program" -v quiet
    done
    git worktree remove --force "$folder/source"
    export AGGREGATOR_FAULTS_PREVIOUS=$folder/previous
  fi
fi

tail -f -n +1 "$folder/report.txt" &
trap 'kill %1 2>/dev/null' EXIT
dotnet tests/Faults.Tests/bin/Release/net10.0/Aggregator.Faults.Tests.dll -class "Aggregator.Faults.Tests.$class" >"$folder/test.txt" 2>&1 || {
  tail -n 40 "$folder/test.txt" >&2
  fail "Something was found; the logs are in $folder."
}
sleep 1
rm -rf "$folder"
