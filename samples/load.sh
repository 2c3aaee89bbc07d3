#!/usr/bin/env bash
# Loads the samples beside this script into a running Aggregator, and writes the keys it was given on the way.
#
#   samples/load.sh BASE_URL OPERATOR_KEY KEYS_FILE
#
#   BASE_URL       e.g. http://localhost:8080 (without /api/v1)
#   OPERATOR_KEY   the operator's key; '-' reads it from standard input, so that it is in no process list
#   KEYS_FILE      written with mode 600: {"operator":…,"counties":{code:key},"units":{code:key},"accounts":{login:password}}
#
# A file's path is the path that it is sent to. Loading twice is safe: a PUT says the same again, and a submission
# carries an Idempotency-Key made of its content; only the keys and the account's password are new. Needs bash, curl, coreutils, grep.
set -euo pipefail
export LC_ALL=C
shopt -s nullglob
umask 077

fail() {
  printf 'load.sh: %s\n' "$*" >&2
  exit 1
}

[[ $# -eq 3 ]] || fail 'usage: load.sh BASE_URL OPERATOR_KEY KEYS_FILE (OPERATOR_KEY may be - for standard input)'
base=${1%/}
operator=$2
keys_file=$3
samples=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

[[ $base == http://* || $base == https://* ]] || fail "BASE_URL must begin with http:// or https://, not '$base'"
if [[ $operator == - ]]; then
  IFS= read -r operator || [[ -n $operator ]] || fail 'no operator key on standard input'
fi
readonly key_pattern='[A-Za-z0-9._~+/=-]+'
[[ $operator =~ ^$key_pattern$ ]] || fail 'OPERATOR_KEY does not look like a key'
keys_folder=$(dirname -- "$keys_file")
[[ -d $keys_folder && -w $keys_folder ]] || fail "cannot write KEYS_FILE: $keys_folder is not a writable folder"
[[ ! -d $keys_file ]] || fail "KEYS_FILE is a folder: $keys_file"

work=$(mktemp -d)
keys_part=
trap 'rm -rf -- "$work" ${keys_part:+"$keys_part"}' EXIT

# A machine with a proxy still reaches its own server.
export no_proxy="${no_proxy:-${NO_PROXY:-}},localhost,127.0.0.1,::1"

requests=() # all so far: "METHOD path"; the answer to number n is in $work/answer.n, its status in status[n]
status=()
first=0 # of the stage that is being queued

# queue METHOD PATH KEY [BODY_FILE [IDEMPOTENCY_KEY]]
queue() {
  local n=${#requests[@]}
  requests+=("$1 $2")
  {
    if ((n > first)); then echo next; fi
    printf 'url = "%s/api/v1%s"\nrequest = "%s"\nheader = "Authorization: Bearer %s"\n' "$base" "$2" "$1" "$3"
    if [[ -n ${4:-} ]]; then
      printf 'header = "Content-Type: application/json"\ndata-binary = "@%s"\n' "${4//[\"\\]/\\&}"
    else
      printf 'header = "Content-Type:"\ndata = ""\n'
    fi
    if [[ -n ${5:-} ]]; then printf 'header = "Idempotency-Key: %s"\n' "$5"; fi
    printf 'connect-timeout = 10\nmax-time = 120\noutput = "%s/answer.%d"\nwrite-out = "%d %%{http_code}\\n"\n' "$work" "$n" "$n"
  } >>"$work/stage"
}

# send NAME [ACCEPTED_STATUSES]: sends what is queued, eight at a time, and stops the script unless all is accepted
send() {
  local name=$1 accepted=${2:-200 201 204} n code refused=() curl_exit=0
  local count=$((${#requests[@]} - first))
  if ((count == 0)); then return; fi
  curl --disable --no-progress-meter --parallel --parallel-max 8 --config "$work/stage" \
    >"$work/statuses" 2>"$work/errors" || curl_exit=$?
  while read -r n code; do status[n]=$code; done <"$work/statuses"
  for ((n = first; n < ${#requests[@]}; n++)); do
    code=${status[n]:-000}
    if [[ " $accepted " != *" $code "* ]] ||
      { [[ $code == 422 ]] && ! grep -q '"hard_findings"' "$work/answer.$n"; }; then
      refused+=("$n")
    fi
  done
  if ((${#refused[@]} > 0)); then
    for n in "${refused[@]:0:5}"; do
      printf '%s -> %s\n' "${requests[n]}" "${status[n]:-no answer}" >&2
      if [[ -s $work/answer.$n ]]; then
        head -c 2000 "$work/answer.$n" >&2
        echo >&2
      fi
    done
    sort -u "$work/errors" | head -n 5 >&2
    fail "$name: ${#refused[@]} of $count requests were refused; the first answers are above"
  fi
  ((curl_exit == 0)) || fail "$name: curl ended with $curl_exit: $(head -n 5 "$work/errors")"
  printf '%-12s %4d\n' "$name" "$count"
  rm -f -- "$work/stage"
  first=${#requests[@]}
}

# queue_key ROLE SCOPE
queue_key() {
  printf '{"role":"%s","scope":"%s"}' "$1" "$2" >"$work/key.$1.$2"
  queue POST /keys "$operator" "$work/key.$1.$2"
}

# key_in N: sets $key from the answer to request number N
key_in() {
  local answer
  answer=$(<"$work/answer.$1")
  [[ $answer =~ \"key\"[[:space:]]*:[[:space:]]*\"($key_pattern)\" ]] || fail "no key in the answer to ${requests[$1]}"
  key=${BASH_REMATCH[1]}
}

# A unit's parent has the shorter code, so it is put in an earlier stage.
unit_files=("$samples"/units/*.json)
for length in 2 4 6 more; do
  for file in "${unit_files[@]}"; do
    unit=$(basename -- "$file" .json)
    if [[ ${#unit} == "$length" || ($length == more && ${#unit} -gt 6) ]]; then
      queue PUT "/units/$unit" "$operator" "$file"
    fi
  done
  send units
done

counties=()
for folder in "$samples"/counties/*/; do counties+=("$(basename -- "$folder")"); done
((${#counties[@]} > 0)) || fail "no counties under $samples"
declare -A county_keys
for county in "${counties[@]}"; do queue_key county "$county"; done
n=$first
send 'county keys'
for county in "${counties[@]}"; do
  key_in "$n"
  county_keys[$county]=$key
  n=$((n + 1))
done

# file_parts FILE: sets $path (as in the URL), $county and $year
file_parts() {
  path=${1#"$samples"}
  path=${path%.json}
  county=${path#/counties/}
  county=${county%%/*}
  year=${path#/counties/*/years/}
  year=${year%%/*}
}

year_files=("$samples"/counties/*/years/*.json)
for file in "${year_files[@]}"; do
  file_parts "$file"
  queue PUT "$path" "${county_keys[$county]}" "$file"
done
send years

for file in "${year_files[@]}"; do
  file_parts "$file"
  queue POST "$path/roster/import" "${county_keys[$county]}"
done
send imports

for file in "$samples"/counties/*/years/*/roster/*.json; do
  file_parts "$file"
  queue PUT "$path" "${county_keys[$county]}" "$file"
done
send roster

# Year by year, for a report is checked against the year before. sha256sum names one file a line.
submission_files=("$samples"/counties/*/years/*/submissions/*.json)
((${#submission_files[@]} > 0)) || fail "no submissions under $samples"
declare -A hashes units years
while read -r hash file; do
  hashes[$file]=${hash:0:16}
  units[$(basename -- "$file" .json)]=1
  file_parts "$file"
  years[$year]=1
done < <(sha256sum -- "${submission_files[@]}")

kept=$first
mapfile -t ordered_years < <(printf '%s\n' "${!years[@]}" | sort)
for report_year in "${ordered_years[@]}"; do
  for file in "$samples"/counties/*/years/"$report_year"/submissions/*.json; do
    file_parts "$file"
    queue POST "${path%/*}" "${county_keys[$county]}" "$file" "samples-$county-$year-${path##*/}-${hashes[$file]}"
  done
  send "reports $report_year" '201 422'
done
drafts=0
for ((n = kept; n < ${#requests[@]}; n++)); do
  if [[ ${status[n]} == 422 ]]; then drafts=$((drafts + 1)); fi
done
printf '             %4d of them have hard findings and are kept as drafts\n' "$drafts"

# The account of a clerk of the demonstration county, signed in for the first time as a person would.
account=yanshi
printf '{"login":"%s","name":"演示县政务公开办","role":"county","scope":"990101"}' "$account" >"$work/account"
queue POST /accounts "$operator" "$work/account"
send account '201 409'
queue POST "/accounts/$account/reset" "$operator"
n=$first
send password

# member NAME: the text NAME of the JSON on stdin
member() { tr -d '\n' | sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }

# as_clerk PATH BODY_FILE [HEADER]: posts with the cookies of the clerk's browser
as_clerk() {
  curl --disable --no-progress-meter --fail-with-body --cookie "$work/cookies" --cookie-jar "$work/cookies" \
    --header 'Content-Type: application/json' --header "${3:-Accept: application/json}" --data-binary "@$2" "$base/api/v1$1"
}

one_time=$(member password <"$work/answer.$n")
password=$(od -An -N10 -tx1 /dev/urandom | tr -d ' \n')
printf '{"login":"%s","password":"%s"}' "$account" "$one_time" >"$work/sign-in"
printf '{"currentPassword":"%s","newPassword":"%s"}' "$one_time" "$password" >"$work/change"
token=$(as_clerk /session "$work/sign-in" | member antiforgeryToken) || fail "$account could not sign in"
as_clerk /session/password "$work/change" "X-Antiforgery-Token: $token" || fail "$account could not change the password"

mapfile -t ordered_units < <(printf '%s\n' "${!units[@]}" | sort)
for unit in "${ordered_units[@]}"; do queue_key reporter "$unit"; done
n=$first
send 'unit keys'

keys_part=$(mktemp -- "$keys_file.XXXXXX")
{
  printf '{\n  "operator": "%s",\n  "counties": {' "$operator"
  comma=
  for county in "${counties[@]}"; do
    printf '%s\n    "%s": "%s"' "$comma" "$county" "${county_keys[$county]}"
    comma=,
  done
  printf '\n  },\n  "units": {'
  comma=
  for unit in "${ordered_units[@]}"; do
    key_in "$n"
    printf '%s\n    "%s": "%s"' "$comma" "$unit" "$key"
    comma=,
    n=$((n + 1))
  done
  printf '\n  },\n  "accounts": { "%s": "%s" }\n}\n' "$account" "$password"
} >"$keys_part"
chmod 600 -- "$keys_part"
mv -f -- "$keys_part" "$keys_file"
keys_part=
echo "keys are in $keys_file"
