#!/bin/sh
# Checks that the server lives (`alive`), or has loaded its data (`ready`).
#
# If the server is ready, this also reloads its certificate and its users when they have changed.
# The kubelet runs this every few seconds, so no other reload is needed. If the reload fails, the
# server is still ready, with its old files.
set -eu
umask 077
client=$(command -v redis-cli || command -v valkey-cli)
# shellcheck disable=SC2086
ask() { "$client" -h localhost $REDIS_CLI_TLS --no-auth-warning "$@"; }
answer=$(ask --user probe --pass any ping) || true
case "${1:-ready} $answer" in
"ready PONG") ;;
"alive PONG" | "alive LOADING"* | "alive BUSY"*) exit 0 ;;
*) echo "$answer" >&2 && exit 1 ;;
esac

# shellcheck source=charts/estore/files/redis/users.sh
. /etc/estore/redis/users.sh
# Writes into the server's log.
say() { echo "$*" >/proc/1/fd/2; }
admin() { REDISCLI_AUTH=$(cat /run/redis/admin.password) ask --user admin "$@"; }
read_again() {
    for name in $(ruled) admin; do
        before=$(cat "/run/redis/$name.hash")
        [ "$(hash_of "$name")" = "$before" ] || echo "$before $(($(date +%s) + GRACE))" >"/run/redis/$name.earlier"
    done
    users >/run/redis/users.acl
    said=$(admin ACL LOAD)
    [ "$said" = OK ] || { echo "$said" && return 1; }
    if [ -e /etc/estore/tls/tls.crt ]; then
        # The same names: the server reads the files again.
        said=$(admin CONFIG SET tls-cert-file /etc/estore/tls/tls.crt tls-key-file /etc/estore/tls/tls.key tls-ca-cert-file /etc/estore/tls/ca.crt)
        [ "$said" = OK ] || { echo "$said" && return 1; }
    fi
    note
}
[ "$(fingerprint)" != "$(cat /run/redis/fingerprint)" ] || exit 0
if said=$(read_again 2>&1); then
    say "files have changed; users and certificate reloaded" || true
else
    say "files have changed, but the server rejects them ($said); will retry" || true
fi
