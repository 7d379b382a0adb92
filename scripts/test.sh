# ./dev test

run_tests() {
    stripe_mock
    check_alerts
    # The programs first: the black-box tests start them.
    build_programs
    rust_tests
    browser
}

# Tests wait for most of their time, so two halves run at once: the black-box tests, which take as
# long as all others, and those. The output of the black-box tests follows when both have ended.
rust_tests() {
    local output failed=0 black_box
    output=$(mktemp)
    # A process group of its own, so that an interruption ends it with what it started.
    set -m
    cargo_tests --test shop >"$output" 2>&1 &
    black_box=$!
    set +m
    # shellcheck disable=SC2064
    trap "kill -- -$black_box 2>/dev/null; rm -f '$output'" EXIT
    # The patterns match every test binary but `shop`. No document of a crate has an example to run.
    cargo_tests --lib --bins --test '[!s]*' --test 's[!h]*' || failed=1
    wait "$black_box" || failed=1
    trap - EXIT
    cat "$output"
    rm -f "$output"
    [ "$failed" = 0 ] || die "A test failed: see above."
}

cargo_tests() { cargo test --locked --workspace --no-fail-fast "$@"; }

# Runs every query of every dashboard and alert against a shop and a Prometheus.
observe_test() {
    build_programs
    cargo test --locked --workspace --test observe "$@"
}
