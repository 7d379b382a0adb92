#!/bin/sh
# Last step of a backup (docs/operations.md): its checksums, and its name, which only a whole one has. Then those beyond the newest
# BACKUP_KEEP (7) are removed. Any image with a shell will do.
set -eu
umask 077
: "${BACKUP_DIR:?where backups are kept}"
keep=${BACKUP_KEEP:-7}
case "$keep" in
'' | 0 | *[!0-9]*) echo "BACKUP_KEEP is $keep, and must be 1 at least" >&2 && exit 1 ;;
esac

part=$(echo "$BACKUP_DIR"/*.part)
(cd "$part" && sha256sum redis.rdb user.dump verification.dump >SHA256SUMS)
whole=${part%.part}
[ ! -e "$whole" ] || { echo "$whole is there already" >&2 && exit 1; }
sync
mv "$part" "$whole"
sync
echo "complete: ${whole##*/}"

# Oldest first.
set -- "$BACKUP_DIR"/[0-9]*Z
while [ "$#" -gt "$keep" ]; do
    # A half removed one is none.
    mv "$1" "$1.part"
    rm -rf "${1:?}.part"
    echo "removed: ${1##*/}"
    shift
done
