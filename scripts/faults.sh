# ./dev faults

# Debug builds: only they have the fail points.
faults() {
    build_programs
    "$(binaries debug)/estore-faults" "$@"
}
