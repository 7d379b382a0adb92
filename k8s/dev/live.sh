#!/bin/sh
# The first process of the pods of `tilt up`: runs /live/estore if a live update has put a program
# there, otherwise the image's /estore. Restarts it on SIGUSR1, and ends when the program ends. It
# writes its number to /live/pid: in a demonstration, the pod's processes have another first one.
set -u
fresh="${LIVE_PROGRAM:-/live/estore}"
packed="${IMAGE_PROGRAM:-/estore}"

start() {
    if [ -x "$fresh" ]; then "$fresh" "$@" & else "$packed" "$@" & fi
    child=$!
}

again=no
child=
if [ -d "$(dirname "$fresh")" ]; then echo $$ >"$(dirname "$fresh")/pid"; fi
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
