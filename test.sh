#!/usr/bin/env bash
# Runs every test; the last line is `N passed, N failed, N skipped`. Results lie in TestResults/.
#
#   ./test.sh [FILTER]      for example ./test.sh FullyQualifiedName~Totals

cd "$(dirname "${BASH_SOURCE[0]}")" || exit
. deploy/common.sh
exec </dev/null
[[ $# -le 1 ]] || fail "Usage: ./test.sh [FILTER]"

filter=()
[[ $# == 0 ]] || filter=(--filter "$1")
passed=0 failed=0 skipped=0

# A script that ends before its time is a failure, too.
summary() {
  local status=$?
  (( status == 0 || failed > 0 )) || failed=1
  echo "$passed passed, $failed failed, $skipped skipped"
  (( failed == 0 )) || exit 1
}

failure() {
  echo "FAILED  $*"
  failed=$((failed + 1))
}

install() {
  need_dotnet
  deploy/postgres.sh install
  command -v curl >/dev/null || install_packages curl # loads the samples
  if ! command -v soffice >/dev/null || ! command -v pdftotext >/dev/null || ! command -v rsvg-convert >/dev/null; then
    install_packages libreoffice-writer-nogui poppler-utils librsvg2-bin # old Word, PDF, PNG
  fi
  command -v nginx >/dev/null || install_packages nginx-light openssl # stands before two Apis
  if ! command -v chromium >/dev/null || ! fc-list :lang=zh | grep -q .; then
    install_packages chromium fontconfig fonts-noto-cjk # looks at the pages
  fi
  command -v npm >/dev/null || install_packages nodejs npm # a mail server, and axe-core for the pages
  [[ -e tests/Smtp/node_modules ]] || npm ci --prefix tests/Smtp --no-audit --no-fund
}

check_format() {
  local kind
  for kind in whitespace style; do
    dotnet format "$kind" Aggregator.sln --verify-no-changes --no-restore || failure "formatting; run: dotnet format $kind"
  done
}

run_project() {
  local name total=0 executed=0 succeeded=0 status=0
  name=$(basename "$1" .csproj)
  echo "== $name"
  timeout 15m dotnet test "$1" -c Release --no-build "${filter[@]}" \
    --results-directory TestResults --logger "trx;LogFileName=$name.trx" \
    --blame-hang-timeout 5m --blame-hang-dump-type none || status=$? # says which test hangs, and keeps what the others found
  if [[ -e TestResults/$name.trx ]]; then
    read -r total executed succeeded < <(sed -nE \
      's/.*<Counters total="([0-9]+)" executed="([0-9]+)" passed="([0-9]+)".*/\1 \2 \3/p' "TestResults/$name.trx")
  fi
  passed=$((passed + succeeded)) failed=$((failed + executed - succeeded)) skipped=$((skipped + total - executed))
  if (( status != 0 && executed == succeeded )); then
    failure "$name broke off with exit code $status"
  elif (( total == 0 && ${#filter[@]} == 0 )); then
    failure "$name ran no test"
  fi
}

trap summary EXIT
install
rm -rf TestResults
dotnet restore Aggregator.sln --locked-mode
dotnet build Aggregator.sln -c Release --no-restore -warnaserror
[[ $# == 1 ]] || check_format
for project in tests/*.Tests/*.csproj; do
  run_project "$project"
done
(( passed + failed + skipped > 0 )) || failure "no test matches $1"
