#!/bin/sh
# Restores a backup into Redis's volume (docs/operations.md, "A restore in a cluster"), while no
# server runs on it: BACKUP_NAME, or the newest.
# It runs in Redis's own image, with the volume at REDIS_DATA (/data). If REDIS_HOST is set, and a
# server answers there, it changes nothing. It moves the old data aside; the next restore deletes
# that, but a repeat of this one does not.
set -eu
umask 077
: "${BACKUP_DIR:?where backups are kept}"
# shellcheck source=charts/estore/files/backup/wait.sh
. "$(dirname "$0")/wait.sh"
data=${REDIS_DATA:-/data}
name=${BACKUP_NAME:-}
if [ -z "$name" ]; then
    # The last of a sorted list.
    for each in "$BACKUP_DIR"/[0-9]*Z; do [ ! -d "$each" ] || name=${each##*/}; done
    [ -n "$name" ] || { echo "there is no complete backup in $BACKUP_DIR" >&2 && exit 1; }
fi
[ -f "$BACKUP_DIR/$name/SHA256SUMS" ] || { echo "there is no backup $name in $BACKUP_DIR" >&2 && exit 1; }
(cd "$BACKUP_DIR/$name" && grep ' redis.rdb$' SHA256SUMS | sha256sum -c -)

tool() { command -v "valkey-$1" || command -v "redis-$1"; }
server=$(tool server)
cli=$(tool cli)

# A server on this volume keeps its open files, and writes its log over the restored one. Without
# TLS, a server that speaks it closes the connection, which is an answer.
if [ -n "${REDIS_HOST:-}" ]; then
    said=$("$cli" -h "$REDIS_HOST" -p "${REDIS_PORT:-6379}" PING 2>&1 </dev/null) || true
    case "$said" in
    "Could not connect to "*) ;;
    *) echo "Redis runs at $REDIS_HOST ($said): stop it, and wait for its end" >&2 && exit 1 ;;
    esac
fi

# A server that starts with an append-only log reads nothing else. So a server without one, which no
# client can reach, creates the log from the copy.
new="$data/restore.new"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
socket=$work/redis.sock
rm -rf "$new"
mkdir "$new"
cp "$BACKUP_DIR/$name/redis.rdb" "$new/dump.rdb"
"$server" --port 0 --unixsocket "$socket" --dir "$new" --dbfilename dump.rdb --appendonly no --save '' --daemonize no &
running=$!
ask() { "$cli" -s "$socket" "$@"; }
value() { ask INFO persistence | tr -d '\r' | sed -n "s/^$1://p"; }
# is NAME VALUE: succeeds if the server is alive and reports this value.
is() {
    kill -0 "$running" 2>/dev/null || { echo "it ended before $1 was $2" && return 2; }
    found=$(value "$1" 2>/dev/null)
    [ "$found" = "$2" ] || { echo "$1 is ${found:-unknown}" && return 1; }
}
await Redis is loading 0
ask CONFIG SET appendonly yes
await Redis is aof_enabled 1
await Redis is aof_rewrite_scheduled 0
await Redis is aof_rewrite_in_progress 0
[ "$(value aof_last_bgrewrite_status)" = ok ] || { echo "the append-only file could not be written" >&2 && exit 1; }
ask INFO keyspace
ask SHUTDOWN NOSAVE || true
wait "$running"
rm "$new/dump.rdb"

# The log is complete: it replaces the old data. A run can be killed anywhere, and is repeated. The
# old data moves to a directory that no run deletes, and then becomes restore.old with a mark. A
# repeat that finds the mark keeps restore.old: the log beside it is that of the earlier try, unless
# a server has written to it since.
old=$data/restore.old
moving=$data/restore.moving
mark=unfinished
if [ ! -e "$old/$mark" ] || [ -n "$(find "$data/appendonlydir" -type f -newer "$old/$mark" 2>/dev/null)" ]; then
    mkdir -p "$moving"
    for file in appendonlydir dump.rdb; do
        [ ! -e "$data/$file" ] || mv "$data/$file" "$moving/"
    done
    echo "$name" >"$moving/$mark"
    sync
    rm -rf "$old"
    mv "$moving" "$old"
fi
echo "$name" >"$old/$mark"
rm -rf "$data/appendonlydir" "$data/dump.rdb"
mv "$new/appendonlydir" "$data/"
rm -rf "$new"
sync
rm "$old/$mark"
echo "restored: Redis as in $name"
