# ./dev abuse

SCHEMATHESIS=4.32.5

# Tests the documents against the answers, as several callers:
# abuse [--short] [--examples 500] [--seed 1] [--only user]
abuse() {
    local bin
    bin=$(python_with schemathesis "schemathesis==$SCHEMATHESIS")
    build_programs
    "$(binaries debug)/estore-abuse" --schemathesis "$bin/schemathesis" "$@"
}
