#!/usr/bin/env bash
# Makes a private cluster from what backup.sh has copied.
#
#   deploy/restore.sh FOLDER DIR [TIME]    for example: deploy/restore.sh /backup .data/postgres '2027-01-31 17:59:59+08'
#
# DIR must not hold a cluster; move a broken one away first and keep it. Without TIME everything that was copied comes
# back; with it, what was committed by then. The cluster is checked against the checksums of its base, brought to TIME,
# and stopped: `deploy/postgres.sh start DIR PORT` or run.sh starts it. For a server of another kind, DIR/data is its
# data directory.

# shellcheck source=deploy/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[[ $# == 2 || $# == 3 ]] || fail "Usage: ${0##*/} FOLDER DIR [TIME]"
folder=$(realpath "$1")
dir=$(realpath -m "$2")
target=${3:-}
postgres=$(dirname "${BASH_SOURCE[0]}")/postgres.sh
bin=$("$postgres" bin)

[[ ! -e $dir/data ]] || fail "$dir holds a cluster already; move it away first."

# The newest base that was complete by then.
latest=$(date -u ${target:+-d "$target"} +%Y%m%dT%H%M%SZ) || fail "'$target' is no time."
base=$(printf '%s\n' "$folder"/base-* | sort | awk -v latest="base-$latest" -F/ '$NF <= latest' | tail -n 1)
[[ -d $base ]] || fail "$folder has no base that was complete by $latest."

mkdir -p "$dir"
[[ $EUID != 0 ]] || { chown postgres "$dir" && setpriv --reuid=postgres --regid=postgres --init-groups test -w "$dir"; } 2>/dev/null ||
  fail "The user postgres may not enter $dir; choose another folder, such as /var/lib/aggregator-restored."
data=$dir/data.new
rm -rf "$data"
mkdir -m 700 "$data"
echo "Unpacking ${base##*/} ..."
tar -xzf "$base/base.tar.gz" -C "$data"
tar -xzf "$base/pg_wal.tar.gz" -C "$data/pg_wal"
cp "$base/backup_manifest" "$data"
"$bin/pg_verifybackup" -q "$data"

# The log since then, the piece that was being written included.
start=$(sed -nE 's/^START WAL LOCATION: .*file ([0-9A-F]{24}).*/\1/p' "$data/backup_label")
for piece in "$folder"/wal/*; do
  name=${piece##*/}
  if [[ $name == *.history ]] || [[ ${name:8:16} > ${start:8} || ${name:8:16} == "${start:8}" ]]; then
    cp "$piece" "$data/pg_wal/${name%.partial}"
  fi
done

# Everything is in place; nothing is to be fetched. Nobody gets in before it stands at its time.
settings=$data/postgresql.auto.conf
cp "$settings" "$dir/settings"
printf "%s\n" "restore_command = 'false'" "hot_standby = off" "recovery_target_action = promote" \
  ${target:+"recovery_target_time = '$(date -u -d "$target" '+%F %T.%N' | head -c 26)+00'"} >>"$settings"
touch "$data/recovery.signal"
[[ $EUID != 0 ]] || chown -R postgres "$data"
mv -T "$data" "$dir/data"

echo "Reading the log ..."
"$postgres" start "$dir" 5432
# That it runs does not say that it is there yet: pg_ctl waits no longer than for a consistent state.
until "$postgres" url "$dir" aggregator >/dev/null 2>&1; do
  [[ -e $dir/data/postmaster.pid ]] || { tail -n 10 "$dir/data/server.log" >&2; fail "The log could not be read to its time; see above."; }
  sleep 0.2
done
[[ ! -e $dir/data/recovery.signal ]] || fail "The recovery has not ended; see $dir/data/server.log."
"$postgres" stop "$dir"
cat "$dir/settings" >"$dir/data/postgresql.auto.conf"
rm "$dir/settings"
last=$(grep -ho 'last completed transaction .*' "$dir/data/server.log" | tail -n 1) || last="base holds everything; no transaction came after it"
echo "The $last."
