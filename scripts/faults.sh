# ./dev faults

# Debug builds: the fail points are in them alone.
faults() {
    build_programs
    "$(binaries debug)/estore-faults" "$@"
}
