# ./dev abuse

SCHEMATHESIS=4.32.5

# The documents against what is answered, as several people: abuse [--short] [--examples 500] [--seed 1] [--only user]
abuse() {
    local bin
    bin=$(python_with schemathesis "schemathesis==$SCHEMATHESIS")
    build_programs
    "$(binaries debug)/estore-abuse" --schemathesis "$bin/schemathesis" "$@"
}
