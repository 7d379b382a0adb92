#!/bin/sh
# Starts Postgres, unless the volume holds the data of another major version. The server would
# refuse that, with a less helpful message.
set -eu
found=$(cat "$PGDATA/PG_VERSION" 2>/dev/null || true)
ours=$(postgres --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
if [ -n "$found" ] && [ "$found" != "$ours" ]; then
    echo "The volume holds the data of Postgres $found, and this image is Postgres $ours. Nothing was changed." \
        "Go back to an image of Postgres $found (postgres.image, or helm rollback), and delete this pod: a StatefulSet does not replace" \
        "one that was never ready. Then follow \"A new major version of Postgres\" in docs/operations.md." >&2
    exit 1
fi
# ready.sh compares with this.
cksum /etc/estore/tls/tls.* >/tmp/certificate 2>/dev/null || true
exec docker-entrypoint.sh "$@"
