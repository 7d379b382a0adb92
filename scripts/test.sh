# ./dev test

run_tests() {
    stripe_mock
    check_alerts
    # The programs first: the black-box tests start them.
    build_programs
    # No document of a crate has an example to run.
    cargo test --locked --workspace --tests
    browser
}

# Runs every query of every dashboard and alert against a shop and a Prometheus.
observe_test() {
    build_programs
    cargo test --locked --workspace --test observe "$@"
}
