# ./dev up

build_local() {
    say "Building (the first time takes a few minutes)"
    cargo build --release --locked --workspace --bins
}

up() {
    build_local
    exec "$(binaries release)/estore-local" up "$@"
}
