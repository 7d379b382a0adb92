# shellcheck shell=sh
# Waits for a store that starts, loads or recovers, with a line every few seconds, for
# BACKUP_WAIT_SECONDS (600) at most. The steps that use a store source this.

# await NAME COMMAND…: waits until the command succeeds. Its output is the reason for the wait;
# status 2 means that waiting will not help. Its variables are its own.
await() (
    store=$1
    shift
    began=$(date +%s)
    told=$began
    while :; do
        status=0
        reason=$("$@" 2>&1) || status=$?
        now=$(date +%s)
        [ "$status" -ne 0 ] || return 0
        if [ "$status" -eq 2 ] || [ $((now - began)) -ge "${BACKUP_WAIT_SECONDS:-600}" ]; then
            echo "$store is not available ($((now - began)) s): $reason" >&2
            return 1
        fi
        if [ $((now - told)) -ge 5 ]; then
            echo "waiting for $store ($((now - began)) s): $reason"
            told=$now
        fi
        sleep 1
    done
)

# postgres_serves URL
postgres_serves() (
    status=0
    pg_isready --dbname="$1" --timeout=3 || status=$?
    case "$status" in
    # The server refuses for now, or does not answer.
    1 | 2) return 1 ;;
    3) return 2 ;;
    esac
)

# redis_serves CLI…
redis_serves() (
    answer=$("$@" PING 2>&1) || true
    [ "$answer" != PONG ] || return 0
    echo "$answer"
    case "$answer" in
    *WRONGPASS* | *NOAUTH* | *NOPERM*) return 2 ;;
    esac
    return 1
)
