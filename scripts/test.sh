# ./dev test

run_tests() {
    stripe_mock
    check_alerts
    # The programs first: the black-box tests start them.
    build_programs
    cargo test --locked --workspace
    browser
}

# Runs every query of every dashboard and alert against a shop and a Prometheus.
observe_test() {
    build_programs
    cargo test --locked --workspace --test observe "$@"
}
