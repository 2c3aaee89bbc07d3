#!/usr/bin/env bash
# Builds and runs everything, with samples on the first start; Ctrl-C stops it.
#
#   ./run.sh            until Ctrl-C
#   ./run.sh --empty    the same without samples: an installation of one's own, with the operator's first password
#   ./run.sh --check    verifies the totals of the samples, stops, and exits with 0 or 1
#
# AGGREGATOR_DATA (default .data) holds the database, the keys and the logs; AGGREGATOR_PORT defaults to 8080.
# With ConnectionStrings__Aggregator set, that PostgreSQL server is used instead of a private one.

AGGREGATOR_DATA=$(realpath -m "${AGGREGATOR_DATA:-$(dirname "${BASH_SOURCE[0]}")/.data}")
cd "$(dirname "${BASH_SOURCE[0]}")" || exit
. deploy/common.sh

mode=${1:-}
[[ $# == 0 || $* == --check || $* == --empty ]] || fail "Usage: ./run.sh [--check | --empty]"
port=${AGGREGATOR_PORT:-8080}
base=http://localhost:$port
data=$AGGREGATOR_DATA
keys=$data/keys.json
own=$data/own # is there once the installation is somebody's own: no samples from then on
export PublicUrl=${PublicUrl:-$base} # what pages and mails tell people to open
export AGGREGATOR_DATA no_proxy="localhost,${no_proxy:-${NO_PROXY:-}}"

pids=() cluster=

stop_all() {
  local pid
  trap '' INT TERM HUP
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do timeout 40 tail -f /dev/null --pid="$pid" || kill -KILL "$pid" || true; done
  [[ -z $cluster ]] || deploy/postgres.sh stop "$cluster" || true
}

prepare_machine() {
  need_dotnet
  command -v curl >/dev/null || install_packages curl
  [[ -n ${ConnectionStrings__Aggregator:-} ]] || deploy/postgres.sh install
  command -v pdftotext >/dev/null || echo "PDF reports cannot be read; to read them: apt install poppler-utils"
  command -v soffice >/dev/null || echo "Old Word and WPS reports (.doc, .wps) cannot be read; to read them: apt install libreoffice-writer-nogui"

  # The database's user must be able to pass through to its own folder, and nobody to look around.
  [[ -d $data ]] || (umask 066 && mkdir -p "$data")
  (umask 077 && mkdir -p "$data/log")
  (( $(df --output=avail -B1M "$data" | tail -n 1) >= 500 )) ||
    fail "Less than 500 MB are free for $data; make room, or choose another folder with AGGREGATOR_DATA."
  ! (exec 3<>"/dev/tcp/localhost/$port") 2>/dev/null ||
    fail "Port $port is taken; choose another with AGGREGATOR_PORT=8081 ./run.sh."
}

# Published, not only built: ./test.sh may build while these run.
publish() {
  local stamp=src/Worker/bin/app/.published host
  [[ ! -e $stamp || -n $(find src Directory.* global.json \( -name bin -o -name obj \) -prune \
    -o -newer "$stamp" -print -quit) ]] || return 0
  echo "Building ..."
  for host in Api Worker; do
    dotnet publish "src/$host" -c Release -o "src/$host/bin/app" -v quiet || fail "The build failed; see above."
  done
  touch "$stamp"
}

start_database() {
  # Held by every process of this run: a second one would stop the database that the first one uses.
  exec 8>"$data/lock"
  flock -n 8 || fail "Another ./run.sh uses $data; stop it, or choose another folder with AGGREGATOR_DATA."
  if [[ -z ${ConnectionStrings__Aggregator:-} ]]; then
    cluster=$data/postgres
    deploy/postgres.sh start "$cluster" 5432 8>&-
    ConnectionStrings__Aggregator=$(deploy/postgres.sh url "$cluster" aggregator)
    export ConnectionStrings__Aggregator
  fi
  dotnet src/Worker/bin/app/Aggregator.Worker.dll migrate >"$data/log/migrate.log" 2>&1 || fail_with_log migrate
}

# start_host PROJECT: in its own folder, where its settings lie.
start_host() {
  (cd "src/$1/bin/app" && exec dotnet "Aggregator.$1.dll") >>"$data/log/${1,,}.log" 2>&1 &
  pids+=($!)
}

fail_with_log() {
  tail -n 20 "$data/log/$1.log" >&2
  fail "$1 has failed; these were the last lines of $data/log/$1.log."
}

fail_if_stopped() {
  kill -0 "${pids[0]}" 2>/dev/null || fail_with_log api
  kill -0 "${pids[1]}" 2>/dev/null || fail_with_log worker
}

wait_until_ready() {
  local deadline=$((SECONDS + 60))
  until curl -fs -o /dev/null "$base/readyz"; do
    fail_if_stopped
    (( SECONDS < deadline )) || fail_with_log api
    sleep 0.2
  done
}

# keys.json comes last, so that an interrupted first start is repeated.
load_samples() {
  [[ ! -e $keys ]] || return 0
  echo "Loading samples ..."
  dotnet src/Worker/bin/app/Aggregator.Worker.dll operator-key | samples/load.sh "$base" - "$keys" ||
    fail "The samples could not be loaded; see above. The next start tries again."
}

# totals COUNTY/YEAR: the county's totals as one line of JSON, empty until the worker has computed them.
totals() {
  local county=${1%/*} key
  key=$(tr -d '\n' <"$keys" | sed -n "s/.*\"counties\"[^}]*\"$county\": *\"\([^\"]*\)\".*/\1/p")
  curl -fs -H @- "$base/api/v1/counties/$county/years/${1#*/}/totals" <<<"Authorization: Bearer $key" |
    tr -d '\n' | sed -n '/"computedAt": *"/p'
}

# number OBJECT NAME: from the JSON on stdin, the number NAME of the object OBJECT.
number() { sed -n "s/.*\"$1\": *{[^}]*\"$2\": *\([0-9]*\).*/\1/p"; }

problems=0
expect() { # WHAT EXPECTED FOUND
  if [[ $2 == "$3" ]]; then
    echo "ok      $1: $3"
  else
    echo "FAILED  $1: expected $2, found ${3:-nothing}"
    problems=1
  fi
}

# The operator's account is made once, and its password said once; "operator-account" makes another.
begin_own() {
  local password
  [[ ! -e $keys ]] || fail "$data has the samples in it; choose another folder with AGGREGATOR_DATA."
  [[ ! -e $own ]] || return 0
  password=$(dotnet src/Worker/bin/app/Aggregator.Worker.dll operator-account admin) || fail "The operator's account could not be made; see above."
  touch "$own"
  printf '\nFirst sign-in                 %s/sign-in\n                              login admin, one-time password %s\n' "$base" "$password"
}

mapfile -t county_years < <(printf '%s\n' samples/counties/*/years/*.json | sed -E 's#.*/(.*)/years/(.*)\.json#\1/\2#')
declare -A found=() # county/year → its totals

show_totals() {
  local each json deadline=$((SECONDS + 30))
  printf '\n%-8s %-6s %-9s %s\n' county year included expected
  for each in "${county_years[@]}"; do
    until json=$(totals "$each") && [[ -n $json ]] || (( SECONDS > deadline )); do sleep 0.2; done
    found[$each]=$json
    printf '%-8s %-6s %-9s %s\n' "${each%/*}" "${each#*/}" \
      "$(number units included <<<"$json")" "$(number units expected <<<"$json")"
  done
}

check_totals() {
  local each included deadline=$((SECONDS + 30)) # the worker may still be adding the last ones
  echo
  for each in "${county_years[@]}"; do
    expect "$each computed" yes "${found[$each]:+yes}"
  done
  expect "360922/2021 行政处罚" 1 "$(number penalties decisions <<<"${found[360922/2021]}")"
  # In 2022 one unit's report is a draft with open findings, on purpose.
  for each in 360922/2021=1 990101/2020=47 990101/2021=47 990101/2022=46; do
    included=
    until included=$(totals "${each%=*}" | number units included) && [[ $included == "${each#*=}" ]] || (( SECONDS > deadline )); do
      sleep 0.2
    done
    expect "${each%=*} units included" "${each#*=}" "$included"
  done
}

show_addresses() {
  local password
  password=$(sed -n 's/.*"yanshi": *"\([^"]*\)".*/\1/p' "$keys")
  cat <<TEXT

API and its Swagger page      $base/swagger
County report (demonstration) $base/api/v1/counties/990101/years/2022/report.html
Sign in                       $base/sign-in
                              login yanshi, password $password
Keys and passwords            $keys
Logs                          $data/log
Database                      ${cluster:-as ConnectionStrings__Aggregator says}

Ctrl-C stops everything.
TEXT
}

show_own_addresses() {
  cat <<TEXT

Sign in                       $base/sign-in
API and its Swagger page      $base/swagger
Logs                          $data/log
Database                      ${cluster:-as ConnectionStrings__Aggregator says}

Ctrl-C stops everything.
TEXT
}

trap 'exit 130' INT TERM HUP
trap stop_all EXIT
prepare_machine
publish
start_database
ASPNETCORE_URLS=$base start_host Api
start_host Worker
wait_until_ready
if [[ $mode == --empty || -e $own ]]; then
  [[ $mode != --check ]] || fail "$data is somebody's own installation; choose another folder with AGGREGATOR_DATA."
  begin_own
  show_own_addresses
else
  load_samples
  show_totals
  if [[ $mode == --check ]]; then
    check_totals
    exit "$problems"
  fi
  show_addresses
fi
trap 'exit 0' INT TERM HUP
wait -n "${pids[@]}" || true
fail_if_stopped
