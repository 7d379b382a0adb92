# ./dev faults

# Debug builds: only they have the fail points.
faults() {
    build_programs
    if [ "${1:-}" = table ]; then
        "$(binaries debug)/estore-faults" table docs/faults.jsonl docs/faults.md
        return
    fi
    "$(binaries debug)/estore-faults" --date "$(date -u +%F)" --commit "$(current_commit)" "$@"
}

# The commit of the work tree, marked if files differ from it. The record of earlier runs may.
current_commit() {
    local commit
    commit=$(git rev-parse --short=12 HEAD 2>/dev/null) || { echo unknown; return; }
    git diff --quiet HEAD -- . ':!docs/faults.jsonl' ':!docs/faults.md' || commit+=-changed
    echo "$commit"
}
