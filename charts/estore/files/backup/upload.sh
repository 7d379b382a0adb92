#!/bin/sh
# Optional step of a backup: copies complete ones to a bucket, whose own rules decide how long it
# keeps them. It runs in rclone's image. RCLONE_CONFIG_<NAME>_… configures the remote, and
# BACKUP_REMOTE names it with the path, such as shop:backups/estore.
set -eu
: "${BACKUP_DIR:?where backups are kept}" "${BACKUP_REMOTE:?}"

cd "$BACKUP_DIR"
for name in [0-9]*Z; do
    [ -f "$name/SHA256SUMS" ] || continue
    # The checksums last: a backup without them is not complete.
    rclone copy --checksum --exclude SHA256SUMS "$name" "$BACKUP_REMOTE/$name"
    rclone copy --checksum "$name" "$BACKUP_REMOTE/$name"
    echo "uploaded: $name"
done
