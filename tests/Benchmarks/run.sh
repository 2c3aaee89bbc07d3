#!/usr/bin/env bash
# Measures the product against what the machine could do at best, each figure beside its floor from the same run.
#
#   tests/Benchmarks/run.sh                       every figure but growth, in about fourteen minutes
#   tests/Benchmarks/run.sh submissions [N]       only this figure (check, documents, start, reads, submissions, freshness, totals), N rounds
#   tests/Benchmarks/run.sh scale                 1, 2, 4 Apis and Workers, and a standby
#   tests/Benchmarks/run.sh growth                what a request costs at 1, 10, 100 % of the nation and after 1, 3, 10 years;
#                                                 needs 8 GB in the temp folder, and draws docs/growth.svg
#
# Loopback only. The database is a cluster of its own, durable as in production, below the temp folder.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
. deploy/common.sh

need_dotnet
deploy/postgres.sh install
folder=$(mktemp -d "${TMPDIR:-/tmp}/aggregator-benchmarks.XXXXXX")
chmod 711 "$folder"
trap 'deploy/postgres.sh stop "$folder/cluster.standby" || true; deploy/postgres.sh stop "$folder/cluster" || true; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

output=$(dotnet build tests/Benchmarks -c Release -v quiet 2>&1) || fail "$output"
output=$(deploy/publish.sh "$folder/programs" 2>&1) || fail "$output"
export AGGREGATOR_PROGRAMS=$folder/programs
deploy/postgres.sh start "$folder/cluster" 5432

AGGREGATOR_COMMIT=$(git describe --always --dirty 2>/dev/null || echo unknown)
ConnectionStrings__Aggregator=$(deploy/postgres.sh url "$folder/cluster" aggregator)
PGBENCH=$(deploy/postgres.sh bin)/pgbench
AGGREGATOR_CLUSTER=$folder/cluster
export AGGREGATOR_CLUSTER AGGREGATOR_COMMIT ConnectionStrings__Aggregator PGBENCH
timeout 1500 dotnet tests/Benchmarks/bin/Release/net10.0/Aggregator.Benchmarks.dll "$@"
