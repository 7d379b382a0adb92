# ./dev up

build_local() {
    say "Building (the first time takes a few minutes)"
    cargo build --release --locked --workspace --bins
}

up() {
    case " $* " in *" --observe "*) prepare_prometheus ;; esac
    build_local
    exec "$(binaries release)/estore-local" up "$@"
}
