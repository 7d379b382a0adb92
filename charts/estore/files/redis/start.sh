#!/bin/sh
# Starts Redis (or Valkey) with its users.
set -eu
umask 077
# shellcheck source=charts/estore/files/redis/users.sh
. /etc/estore/redis/users.sh
rm -f /run/redis/*.earlier /run/redis/admin.password
users >/run/redis/users.acl
note
server=$(command -v redis-server || command -v valkey-server)
exec "$server" /etc/estore/redis/redis.conf
