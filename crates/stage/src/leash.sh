# Runs a program on a leash: it ends when whoever holds the other end of our stdin does, also by kill -9.
# Says the program's process id on stdout; the program's own output goes to stderr. $1 is how long it may take to end, in
# tenths of a second.
grace=$1; shift
# Where the program is stopped as the holder dies, the system sends this to all of us, and nobody would end the program.
trap '' HUP
exec 3<&0
"$@" </dev/null >&2 3<&- &
child=$!
echo "$child"
exec 1>&-
(
    read -r _ <&3
    # Those that were stopped where they stood, its own children too (Postgres has some), hear nothing until they go on.
    if [ "$grace" -gt 0 ]; then
        ps -A -o ppid= -o pid= | while read -r parent pid; do [ "$parent" = "$child" ] && kill -CONT "$pid"; done
    fi
    kill -TERM "$child" 2>/dev/null
    kill -CONT "$child" 2>/dev/null
    waited=0
    while kill -0 "$child" 2>/dev/null && [ "$waited" -lt "$grace" ]; do sleep 0.1; waited=$((waited + 1)); done
    kill -KILL "$child" 2>/dev/null
) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$child"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
