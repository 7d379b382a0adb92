#!/bin/sh
# First step of a backup (docs/operations.md): both databases of Redis at one moment, in a new
# backup.
# It runs in Redis's own image. The server makes the copy as it does for a replica, from a fork that
# starts after this script. So the copy has all writes that were answered before.
set -eu
umask 077
: "${BACKUP_DIR:?where backups are kept}" "${REDIS_HOST:?}"
# shellcheck source=charts/estore/files/backup/wait.sh
. "$(dirname "$0")/wait.sh"
# shellcheck source=charts/estore/files/backup/keep.sh
. "$(dirname "$0")/keep.sh"

tool() { command -v "valkey-$1" || command -v "redis-$1"; }
cli=$(tool cli)
# The server program checks files when it runs under another name, and not every image has that
# name.
server=$(tool server)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check=${server##*/}
check=$work/${check%server}check-rdb
ln -s "$server" "$check"
if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then REDIS_PASSWORD=$(cat "$REDIS_PASSWORD_FILE"); fi
export REDISCLI_AUTH="${REDIS_PASSWORD:-}"
set -- -h "$REDIS_HOST" -p "${REDIS_PORT:-6379}" --user "${REDIS_USERNAME:-admin}" --no-auth-warning
if [ "${REDIS_TLS:-false}" = true ]; then set -- "$@" --tls --cacert "$REDIS_TLS_CA" --sni "$REDIS_HOST"; fi

await Redis redis_serves "$cli" "$@"

# A backup that was interrupted is not complete.
rm -rf "$BACKUP_DIR"/*.part
part="$BACKUP_DIR/$(date -u +%Y%m%dT%H%M%SZ).part"
mkdir "$part"

began=$("$cli" "$@" TIME | head -n 1)
case "$began" in
'' | *[!0-9]*) echo "Redis did not return the time: $began" >&2 && exit 1 ;;
esac
"$cli" "$@" --rdb "$part/redis.rdb"

# The file is complete, and its copy was started for this backup: a server that is making one for
# another client may send that.
said=$("$check" "$part/redis.rdb") || { echo "$said" >&2 && exit 1; }
made=$(echo "$said" | sed -n "s/.*ctime = '\([0-9]*\)'.*/\1/p")
if [ "${made:-0}" -lt "$began" ]; then
    echo "this copy was begun at ${made:-0}, before $began: another copy was in progress; run again" >&2
    exit 1
fi
echo "Redis: $(wc -c <"$part/redis.rdb") bytes in ${part##*/}"
