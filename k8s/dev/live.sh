#!/bin/sh
# Process 1 of the pods of `tilt up`: runs /live/estore where a live update left one, else the image's /estore, and starts it again
# on SIGUSR1. Otherwise it ends as the program does.
set -u
fresh="${LIVE_PROGRAM:-/live/estore}"
packed="${IMAGE_PROGRAM:-/estore}"

start() {
    if [ -x "$fresh" ]; then "$fresh" "$@" & else "$packed" "$@" & fi
    child=$!
}

again=no
child=
end() { [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true; }
trap 'again=yes; end' USR1
trap 'again=no; end' TERM INT

start "$@"
while :; do
    wait "$child"
    status=$?
    # A signal ends the wait, too.
    if kill -0 "$child" 2>/dev/null; then continue; fi
    [ "$again" = yes ] || exit "$status"
    again=no
    start "$@"
done
