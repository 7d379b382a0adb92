#!/bin/sh
# Restores a backup into both databases of Postgres (docs/operations.md, "A restore in a cluster"),
# while no service uses them: BACKUP_NAME, or the newest.
# It runs in Postgres's own image, and reads the databases' addresses as bootstrap does. Afterwards
# each database is as in the backup, but without live sessions, or unchanged after a failure.
set -eu
umask 077
: "${BACKUP_DIR:?where backups are kept}"
# shellcheck source=charts/estore/files/backup/databases.sh
. "$(dirname "$0")/databases.sh"
# shellcheck source=charts/estore/files/backup/wait.sh
. "$(dirname "$0")/wait.sh"
name=${BACKUP_NAME:-}
if [ -z "$name" ]; then
    # The last of a sorted list.
    for each in "$BACKUP_DIR"/[0-9]*Z; do [ ! -d "$each" ] || name=${each##*/}; done
    [ -n "$name" ] || { echo "there is no complete backup in $BACKUP_DIR" >&2 && exit 1; }
fi
[ -f "$BACKUP_DIR/$name/SHA256SUMS" ] || { echo "there is no backup $name in $BACKUP_DIR" >&2 && exit 1; }
(cd "$BACKUP_DIR/$name" && grep '\.dump$' SHA256SUMS | sha256sum -c -)

# The SQL is larger than the backup, and a pod's /tmp has little room. So it goes beside the
# backups. It is a file because the transaction would commit a stream that was cut short. The file
# of a run that was killed is removed here.
rm -f "$BACKUP_DIR"/restore-postgres.*
sql=$(mktemp "$BACKUP_DIR/restore-postgres.XXXXXX")
trap 'rm -f "$sql"' EXIT

# put_back NAME URL PASSWORD PASSWORD_FILE [SQL]: the SQL runs last, in the same transaction.
put_back() {
    await Postgres postgres_serves "$2"
    if [ -n "$4" ]; then password=$(cat "$4"); else password=$3; fi
    if [ -n "$password" ]; then export PGPASSWORD="$password"; else unset PGPASSWORD; fi
    # Also removes objects newer than the backup, such as a table of a newer version.
    {
        echo 'DROP SCHEMA public CASCADE;'
        echo 'CREATE SCHEMA public AUTHORIZATION pg_database_owner;'
        pg_restore --no-owner --no-privileges --file=- "$BACKUP_DIR/$name/$1.dump"
        echo "${5:-}"
    } >"$sql"
    psql --quiet --no-psqlrc --single-transaction --set=ON_ERROR_STOP=1 --output=/dev/null --file="$sql" --dbname="$2"
    echo "restored: Postgres, $1, as in $name"
}
# Sessions that ended since the backup would live again, and nobody knows which. The dump leaves the
# search path empty.
put_back user "$DATABASE_URL_USER" "${DATABASE_PASSWORD_USER:-}" "${DATABASE_PASSWORD_USER_FILE:-}" \
    'UPDATE public.sessions SET ended_at = now() WHERE ended_at IS NULL;'
put_back verification "$DATABASE_URL_VERIFICATION" "${DATABASE_PASSWORD_VERIFICATION:-}" "${DATABASE_PASSWORD_VERIFICATION_FILE:-}"
