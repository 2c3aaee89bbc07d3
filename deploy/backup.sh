#!/usr/bin/env bash
# Copies a PostgreSQL server, so that restore.sh can bring back any second of it.
#
#   deploy/backup.sh wal SERVER FOLDER          copies the log as it is written, until stopped; run it as a service
#   deploy/backup.sh base SERVER FOLDER [KEEP]  a whole copy to start from; keeps the newest KEEP (default 7) and their log
#
# SERVER is the folder of a private cluster (.data/postgres), or a libpq connection string to a role with REPLICATION
# ("host=db user=aggregator_backup"; the password in ~/.pgpass). FOLDER belongs on another disk, better on another machine.
# What `wal` cannot copy, because it does not run, the server keeps for it, up to max_slot_wal_keep_size.

# shellcheck source=deploy/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() { fail "Usage: ${0##*/} wal SERVER FOLDER | base SERVER FOLDER [KEEP]"; }

# connection SERVER
connection() {
  local url
  if [[ -d $1 ]]; then
    url=$("$(dirname "${BASH_SOURCE[0]}")/postgres.sh" url "$1" aggregator)
    sed -E 's/Host=([^;]*);Port=([^;]*);.*/host=\1 port=\2 user=aggregator_backup/' <<<"$url"
  else
    echo "$1"
  fi
}

# The first piece of the log that a base needs.
first_log() { tar -xzOf "$1/base.tar.gz" backup_label | sed -nE 's/^START WAL LOCATION: .*file ([0-9A-F]{24}).*/\1/p'; }

copy_log() {
  mkdir -p "$folder/wal"
  "$bin/pg_receivewal" -d "$server" --slot=aggregator_backup --create-slot --if-not-exists
  exec "$bin/pg_receivewal" -d "$server" -D "$folder/wal" --slot=aggregator_backup --synchronous
}

# Named by the time at which it was complete: it is good for every moment after.
copy_base() {
  local keep=$1 part bases start
  mkdir -p "$folder/wal"
  rm -rf "$folder"/part.*
  part=$(mktemp -d "$folder/part.XXXXXX")
  "$bin/pg_basebackup" -d "$server" -D "$part" -Ft -z -X stream -c fast
  gzip -t "$part"/*.gz
  start=$folder/base-$(date -u +%Y%m%dT%H%M%SZ)
  mv -T "$part" "$start"
  sync -f "$folder"
  mapfile -t bases < <(printf '%s\n' "$folder"/base-* | sort)
  while (( ${#bases[@]} > keep )); do
    rm -rf "${bases[0]}"
    bases=("${bases[@]:1}")
  done
  "$bin/pg_archivecleanup" "$folder/wal" "$(first_log "${bases[0]}")"
  du -sh "$start" "$folder/wal"
}

umask 077
command=${1:-}
case $command:$# in
  wal:3 | base:[34]) ;;
  *) usage ;;
esac
bin=$("$(dirname "${BASH_SOURCE[0]}")/postgres.sh" bin)
server=$(connection "$2")
mkdir -p "$3"
folder=$(realpath "$3")
case $command in
  wal) copy_log ;;
  base)
    [[ ${4:-7} =~ ^[1-9][0-9]*$ ]] || usage
    copy_base "${4:-7}" ;;
esac
