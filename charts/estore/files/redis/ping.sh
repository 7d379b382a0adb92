#!/bin/sh
# Whether the server answers and has loaded its data.
client=$(command -v redis-cli || command -v valkey-cli)
# shellcheck disable=SC2086
answer=$("$client" -h localhost $REDIS_CLI_TLS --no-auth-warning --user probe --pass any ping)
[ "$answer" = PONG ] || { echo "$answer" >&2; exit 1; }
