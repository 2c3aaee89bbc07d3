#!/usr/bin/env bash
# Measures the product against what the machine could do at best, each figure beside its floor from the same run.
#
#   tests/Benchmarks/run.sh                       every figure, about five minutes
#   tests/Benchmarks/run.sh submissions [N]       only this figure (submissions, check, documents, freshness), N rounds
#
# Loopback only. The database is a cluster of its own, durable as in production, below the temp folder.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
. deploy/common.sh

need_dotnet
deploy/postgres.sh install
folder=$(mktemp -d "${TMPDIR:-/tmp}/aggregator-benchmarks.XXXXXX")
chmod 711 "$folder"
trap 'deploy/postgres.sh stop "$folder/cluster" || true; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

for project in src/Api src/Worker tests/Benchmarks; do
  output=$(dotnet build "$project" -c Release -v quiet 2>&1) || fail "$output"
done
deploy/postgres.sh start "$folder/cluster" 5432

AGGREGATOR_COMMIT=$(git describe --always --dirty 2>/dev/null || echo unknown)
ConnectionStrings__Aggregator=$(deploy/postgres.sh url "$folder/cluster" aggregator)
PGBENCH=$(deploy/postgres.sh bin)/pgbench
export AGGREGATOR_COMMIT ConnectionStrings__Aggregator PGBENCH
timeout 900 dotnet tests/Benchmarks/bin/Release/net10.0/Aggregator.Benchmarks.dll "$@"
