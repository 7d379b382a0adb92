# ./dev test

run_tests() {
    stripe_mock
    check_alerts
    # The programs first: the black-box tests start them.
    cargo build --locked --workspace --bins
    cargo test --locked --workspace
}

# Every query of every dashboard and alert, against a shop and a Prometheus.
observe_test() {
    cargo build --locked --workspace --bins
    cargo test --locked --workspace --test observe "$@"
}
