#!/bin/sh
# Starts Redis (or Valkey) with its users: their rules come with the chart, their passwords from their Secrets.
set -eu
umask 077
password() { printf %s "$(cat "/etc/estore/secrets/$1")"; }
user() { # NAME RULES
    printf 'user %s reset on #%s %s\n' "$1" "$(password "$1" | sha256sum | cut -d' ' -f1)" "$2"
}
{
    # Off: nobody is the default user. But not without rights: as it loads its file, Redis 7.0 checks the commands of each
    # transaction against this user, skips what it may not do, and so loses it.
    echo 'user default off resetpass ~* &* +@all'
    # For this container's probes, which need no secret to ask whether the data is loaded.
    echo 'user probe reset on nopass +ping'
    for name in inventory payment bootstrap; do
        user "$name" "$(tr '\n' ' ' <"/etc/estore/redis/$name.acl")"
    done
    user admin '~* &* +@all'
} >/run/redis/users.acl
server=$(command -v redis-server || command -v valkey-server)
exec "$server" /etc/estore/redis/redis.conf
