# ./dev faults

# Debug builds: the fail points are in them alone.
faults() {
    cargo build --locked --workspace --bins
    "$(binaries debug)/estore-faults" "$@"
}
