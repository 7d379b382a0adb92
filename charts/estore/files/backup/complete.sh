#!/bin/sh
# Last step of a backup (docs/operations.md): writes its checksums, and gives it the name that only
# a complete backup has. Then deletes all beyond the newest BACKUP_KEEP (7). Any image with a shell
# will do.
set -eu
umask 077
: "${BACKUP_DIR:?where backups are kept}"
keep=${BACKUP_KEEP:-7}
case "$keep" in
'' | 0 | *[!0-9]*) echo "BACKUP_KEEP is $keep, but must be at least 1" >&2 && exit 1 ;;
esac

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
