# Runs a program that ends when the process that holds the other end of our stdin ends, even by kill
# -9. Prints the process id of the program on stdout. The output of the program goes to stderr.
#
# $1 is the time that the program may take to end, in tenths of a second.
grace=$1; shift
# If the program is stopped when the parent dies, the system sends SIGHUP to this whole process
# group. Without this trap no process would be left to end the program.
trap '' HUP
exec 3<&0
"$@" </dev/null >&2 3<&- &
child=$!
echo "$child"
exec 1>&-
(
    read -r _ <&3
    # Stopped processes handle no signal until they continue. That includes children of the program
    # (Postgres has some).
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
