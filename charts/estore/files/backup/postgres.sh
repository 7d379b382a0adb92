#!/bin/sh
# Third step of a backup (docs/operations.md), after the epoch was raised: both databases of
# Postgres.
# It runs in Postgres's own image, and reads the databases' addresses as bootstrap does.
set -eu
umask 077
: "${BACKUP_DIR:?where backups are kept}"
# shellcheck source=charts/estore/files/backup/databases.sh
. "$(dirname "$0")/databases.sh"
# shellcheck source=charts/estore/files/backup/wait.sh
. "$(dirname "$0")/wait.sh"

part=$(echo "$BACKUP_DIR"/*.part)
[ -s "$part/redis.rdb" ] || { echo "there is no copy of Redis, which comes first" >&2 && exit 1; }

# dump NAME URL PASSWORD PASSWORD_FILE
dump() {
    await Postgres postgres_serves "$2"
    if [ -n "$4" ]; then password=$(cat "$4"); else password=$3; fi
    # A password in the URL counts if there is none beside it.
    if [ -n "$password" ]; then export PGPASSWORD="$password"; else unset PGPASSWORD; fi
    pg_dump --format=custom --no-owner --no-privileges --file="$part/$1.dump" --dbname="$2"
    pg_restore --list "$part/$1.dump" >"$part/$1.list"
    rm "$part/$1.list"
    echo "Postgres, $1: $(wc -c <"$part/$1.dump") bytes"
}
dump user "$DATABASE_URL_USER" "${DATABASE_PASSWORD_USER:-}" "${DATABASE_PASSWORD_USER_FILE:-}"
dump verification "$DATABASE_URL_VERIFICATION" "${DATABASE_PASSWORD_VERIFICATION:-}" "${DATABASE_PASSWORD_VERIFICATION_FILE:-}"
