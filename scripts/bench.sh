# ./dev bench

bench() {
    cargo build --release --locked --workspace --bins
    "$(binaries release)/estore-bench" "$@"
}
