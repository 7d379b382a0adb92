#!/bin/sh
# Last step of a backup (docs/operations.md): writes its checksums, and gives it the name that only
# a complete backup has. Then deletes all beyond the newest BACKUP_KEEP (7). Any image with a shell
# will do.
set -eu
umask 077
: "${BACKUP_DIR:?where backups are kept}"
# shellcheck source=charts/estore/files/backup/keep.sh
. "$(dirname "$0")/keep.sh"

part=$(echo "$BACKUP_DIR"/*.part)
(cd "$part" && sha256sum redis.rdb user.dump verification.dump >SHA256SUMS)
whole=${part%.part}
[ ! -e "$whole" ] || { echo "$whole exists already" >&2 && exit 1; }
sync
mv "$part" "$whole"
sync
echo "complete: ${whole##*/}"

# Oldest first.
set -- "$BACKUP_DIR"/[0-9]*Z
while [ "$#" -gt "$keep" ]; do
    # A backup that is being deleted is not complete.
    mv "$1" "$1.part"
    rm -rf "${1:?}.part"
    echo "removed: ${1##*/}"
    shift
done
