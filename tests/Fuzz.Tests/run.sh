#!/usr/bin/env bash
# Sends a running Api hostile requests and prints what came of it.
#
#   tests/Fuzz.Tests/run.sh [REQUESTS [SEED [FIRST]]]      100000 requests unless said otherwise; FIRST begins later in the same run
#
# With FUZZ_MINUTES set it ends after so many with what it has. Loopback only, a database of its own. Exit code 0 if there was no failure, no leak, no loss and no growth.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
. deploy/common.sh
need_dotnet
deploy/postgres.sh install
output=$(dotnet build tests/Fuzz.Tests -c Release -v quiet 2>&1) || fail "$output"
FUZZ_REQUESTS=${1:-100000} FUZZ_SEED=${2:-20220131} FUZZ_FIRST=${3:-0} \
  exec dotnet tests/Fuzz.Tests/bin/Release/net10.0/Aggregator.Fuzz.Tests.dll -noColor -showLiveOutput
