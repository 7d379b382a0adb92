#!/bin/sh
# Optional step of a backup: copies complete ones to a bucket, whose own rules decide how long it
# keeps them. It runs in rclone's image. RCLONE_CONFIG_<NAME>_… configures the remote, and
# BACKUP_REMOTE names it with the path, such as shop:backups/estore.
set -eu
: "${BACKUP_DIR:?where backups are kept}" "${BACKUP_REMOTE:?}"

# Tries six times within ten minutes. Another run of the whole backup would make a new one, and
# remove the oldest.
copy() { rclone copy --checksum --retries 6 --retries-sleep 2m "$@"; }

cd "$BACKUP_DIR"
for name in [0-9]*Z; do
    [ -f "$name/SHA256SUMS" ] || continue
    # The checksums last: a backup without them is not complete.
    copy --exclude SHA256SUMS "$name" "$BACKUP_REMOTE/$name"
    copy "$name" "$BACKUP_REMOTE/$name"
    echo "uploaded: $name"
done
