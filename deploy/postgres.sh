#!/usr/bin/env bash
# The one place that knows how to get and run a private PostgreSQL.
#
#   deploy/postgres.sh install                 server programs, from Debian unless version 15 or later is here
#   deploy/postgres.sh bin                     the folder of psql, pg_dump, pgbench
#   deploy/postgres.sh start DIR PORT [FAST]   returns once the server accepts connections; FAST: for tests, not durable
#   deploy/postgres.sh url DIR DBNAME          Npgsql connection string
#   deploy/postgres.sh standby DIR PORT OF [SECONDS]   a streaming standby of the server in OF, which from then on commits
#                                              only what the standby has applied; SECONDS: it applies that much later, for tests
#   deploy/postgres.sh stop DIR
#
# The server listens on a Unix socket only: no TCP port to collide, no password to keep. The socket's folder can be
# entered by one user (and root), so whoever reaches it may be trusted: he could read the data files as well. It lies
# in /tmp, because a socket's path ends at 107 bytes and DIR may be longer; its name is derived from DIR, so that a
# connection string outlives a restart.
#
# The applications' role `aggregator` may create roles and databases, but is no superuser: it must not be able to
# step over the rights that the schema gives. `postgres` is, for the user of that name only. `aggregator_backup` may
# copy the whole server (backup.sh, standbys) and see how far that is, nothing else.
#
# Every server process inherits the lock on DIR/lock. Whoever gets the lock knows that none is left of an earlier
# server, however that died, and may remove what it left behind; a process id alone proves nothing after a reboot.

# shellcheck source=deploy/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# find_binaries [MAJOR]: sets $bin to the newest version, or to MAJOR, the only one that can open a cluster it made.
find_binaries() {
  local folder version newest=14
  for folder in /usr/lib/postgresql/*/bin "$(dirname "$(command -v postgres || echo /none/postgres)")"; do
    [[ -x $folder/postgres && -x $folder/initdb ]] || continue
    version=$("$folder/postgres" --version | grep -oE '[0-9]+' | head -n 1)
    if (( version > newest )) && [[ ${1:-$version} == "$version" ]]; then
      newest=$version bin=$folder
    fi
  done
  (( newest > 14 ))
}

as_server() { "${server[@]}" "$@"; }

ready() {
  [[ -e $data/postmaster.pid ]] &&
    "$bin/pg_isready" -q -h "$socket" -p "$(port)" -U aggregator -d aggregator
}

port() { sed -n 4p "$data/postmaster.pid"; }

single_user() { as_server "$bin/postgres" --single -D "$1" -c exit_on_error=on -c log_checkpoints=off postgres >/dev/null; }

# Clusters of before version 1 lack the role; while the server is down, the owner of the files can make it without a superuser.
allow_backup() {
  ! grep -q aggregator_backup "$1/pg_hba.conf" || return 0
  single_user "$1" <<'SQL'
DO $$ BEGIN IF to_regrole('aggregator_backup') IS NULL THEN CREATE ROLE aggregator_backup LOGIN REPLICATION; END IF; END $$;
GRANT pg_monitor TO aggregator_backup;
SQL
  echo 'local replication aggregator_backup trust' >>"$1/pg_hba.conf"
}

# Makes the cluster under another name first, so that an interrupted attempt is never taken for a cluster.
create_cluster() {
  local home=$dir
  if (( EUID == 0 )) && ! { chown postgres "$dir" && as_server test -w "$dir"; } 2>/dev/null; then
    # Below a folder such as /root, which postgres may not enter: DIR/data leads to the real place.
    home=$(mktemp -d /var/lib/aggregator-postgres.XXXXXX)
    chown postgres "$home"
  fi
  rm -rf "$home/data.new"
  as_server "$bin/initdb" -D "$home/data.new" --username=postgres --encoding=UTF8 --locale=C \
    --auth-local=peer --auth-host=reject ${fast:+--no-sync} >/dev/null
  printf 'local all %s\n' 'postgres peer' 'all trust' >"$home/data.new/pg_hba.conf"
  single_user "$home/data.new" <<'SQL'
CREATE ROLE aggregator LOGIN CREATEROLE CREATEDB;
CREATE DATABASE aggregator OWNER aggregator;
SQL
  allow_backup "$home/data.new"
  data=$home/data
  mv -T "$home/data.new" "$data"
  [[ $home == "$dir" ]] || ln -sfT "$data" "$dir/data"
}

start() {
  local port=$1 fast=${2:-} settings
  settings=(listen_addresses= "unix_socket_directories=$socket" "port=$port"
    max_connections=200 shared_buffers=256MB default_toast_compression=lz4 max_slot_wal_keep_size=4GB)
  [[ -z $fast ]] || settings+=(max_connections=300 fsync=off synchronous_commit=off full_page_writes=off)

  mkdir -p "$dir"
  exec 9>>"$dir/lock"
  until flock -n 9; do
    ! ready || return 0
    (( SECONDS < 300 )) || fail "PostgreSQL in $dir neither answers nor ends; see $data/server.log."
    sleep 0.1
  done

  [[ -e $data ]] || create_cluster
  rm -f "$data/postmaster.pid"
  [[ -e $data/standby.signal ]] || allow_backup "$data"
  rm -rf "$socket"
  as_server mkdir -m 700 "$socket"
  as_server "$bin/pg_ctl" start -s -w -t 300 -D "$data" -l "$data/server.log" \
    -o "$(printf -- '-c %s ' "${settings[@]}")" || {
    tail -n 10 "$data/server.log" >&2
    fail "PostgreSQL could not start in $dir."
  }
}

# The standby copies the primary, settings included; then the primary is told to wait for it.
standby() {
  local port=$1 of=$2 delay=${3:-0} primary
  [[ ! -e $data ]] || fail "There is a cluster in $dir already."
  primary=$("$here" url "$of" aggregator)
  primary=host=$(sed -E 's/Host=([^;]*);Port=([^;]*);.*/\1 port=\2/' <<<"$primary")
  mkdir -p "$dir"
  (( EUID != 0 )) || chown postgres "$dir"
  as_server "$bin/pg_basebackup" -d "$primary user=aggregator_backup application_name=standby" -D "$data" \
    --write-recovery-conf --checkpoint=fast --wal-method=stream
  as_server sh -c 'printf "%s\n" "$2" >>"$1"' sh "$data/postgresql.conf" "hot_standby_feedback = on
max_standby_streaming_delay = '1s'
recovery_min_apply_delay = '${delay}s'"
  start "$port"
  of=$(realpath "$of/data")
  as_server sh -c 'printf "%s\n" "$2" >>"$1"' sh "$of/postgresql.conf" "synchronous_standby_names = standby
synchronous_commit = remote_apply"
  as_server "$bin/pg_ctl" reload -s -D "$of"
}

stop() {
  [[ -e $dir/lock ]] || return 0
  exec 9>>"$dir/lock"
  if ! flock -n 9; then
    # Without its head, what is left of a server ends by itself, and pg_ctl finds nobody to stop.
    as_server "$bin/pg_ctl" stop -s -D "$data" -m fast -t 60 2>/dev/null || true
    flock -w 60 9 || fail "PostgreSQL in $dir does not stop; see $data/server.log."
  fi
  rm -rf "$socket"
}

usage() { fail "Usage: ${0##*/} install | bin | start DIR PORT [FAST] | standby DIR PORT OF [SECONDS] | url DIR DBNAME | stop DIR"; }

here=$(realpath "${BASH_SOURCE[0]}")
command=${1:-}
case $command:$# in
  install:1)
    find_binaries || install_packages postgresql
    find_binaries || fail "Debian's PostgreSQL is older than 15 here; install a later one from the PostgreSQL project by hand."
    exit ;;
  bin:1)
    find_binaries || fail "PostgreSQL >= 15 is missing; see deploy/postgres.sh install."
    echo "$bin"
    exit ;;
  start:[34] | standby:[45] | url:3 | stop:2) ;;
  *) usage ;;
esac

dir=$(realpath -m "$2")
of=$(realpath -m "${4:-/}") # of standby only
data=$(realpath -m "$dir/data")
socket=/tmp/aggregator-$(sha256sum <<<"$dir" | head -c 16)
server=()
if (( EUID == 0 )); then # PostgreSQL refuses root
  server=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi
find_binaries "$(cat "$data/PG_VERSION" 2>/dev/null)" ||
  fail "PostgreSQL $(cat "$data/PG_VERSION" 2>/dev/null || echo '>= 15') is missing; see deploy/postgres.sh install."
cd / # the server's user may not be allowed to stand where we are

case $command in
  start) start "${@:3}" ;;
  standby) standby "$3" "$of" "${@:5}" ;;
  stop) stop ;;
  url)
    ready || fail "PostgreSQL in $dir is not running."
    echo "Host=$socket;Port=$(port);Username=aggregator;Database=$3" ;;
esac
