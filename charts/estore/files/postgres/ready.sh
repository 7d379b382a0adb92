#!/bin/sh
# Checks that the server answers, over the network: while the data is being created, it answers only
# on its socket.
#
# Then lets it reload its certificate if that has changed. The kubelet runs this every few seconds,
# so no other reload is needed.
set -eu
pg_isready --quiet --host=127.0.0.1 --username=postgres
now=$(cksum /etc/estore/tls/tls.* 2>/dev/null || true)
[ "$now" != "$(cat /tmp/certificate)" ] || exit 0
if pg_ctl reload --silent --pgdata="$PGDATA"; then
    echo "$now" >/tmp/certificate
    echo "the certificate has changed; reloading the configuration" >/proc/1/fd/2 || true
fi
