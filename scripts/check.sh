# ./dev check

CARGO_DENY=0.20.2
CARGO_MACHETE=0.9.2
TOOLS="${XDG_CACHE_HOME:-$HOME/.cache}/estore/tools"

# The two tools that do not come with Rust, in a place of their own.
tool() {
    local name=$1 version=$2
    if ! "$TOOLS/bin/$name" --version 2>/dev/null | grep -q "$version"; then
        say "Installing $name $version"
        RUSTFLAGS='' CARGO_TARGET_DIR="$TOOLS/target" cargo install --quiet --locked "$name@$version" --root "$TOOLS"
        rm -rf "$TOOLS/target"
    fi
}

check() {
    say "· formatting"
    cargo fmt --all --check
    say "· lints"
    cargo clippy --locked --workspace --all-targets -- -D warnings
    say "· dependency rules"
    tool cargo-deny "$CARGO_DENY"
    # Reads the crates of every platform, also those that no build here has fetched.
    "$TOOLS/bin/cargo-deny" --locked check bans licenses sources
    say "· unused dependencies"
    tool cargo-machete "$CARGO_MACHETE"
    "$TOOLS/bin/cargo-machete"
    say "· documents"
    local fresh
    fresh=$(mktemp -d)
    write_documents "$fresh"
    diff -ru docs/openapi "$fresh" || die "docs/openapi is not what the programs say: run ./dev generate"
    write_metrics "$fresh/metrics.md"
    diff -u docs/metrics.md "$fresh/metrics.md" || die "docs/metrics.md is not what the programs say: run ./dev generate"
    rm -rf "$fresh"
    chart_is_generated
    say "· Tiltfile and examples"
    tiltfile_test
    say "· alerts"
    check_alerts
    say "· workflows and scripts"
    workflows_check
    shell_check
    say "All good."
}

# The OpenAPI documents of the four services, public and internal.
write_documents() {
    mkdir -p "$1"
    build_programs --quiet
    local service
    for service in user verification inventory payment; do
        "$(binaries debug)/estore-$service" openapi >"$1/$service.json"
        "$(binaries debug)/estore-$service" openapi --internal >"$1/$service-internal.json"
    done
}

# The metrics of the four services, whose programs are built: what several of them have stands in it once.
write_metrics() {
    local service
    {
        cat <<'TEXT'
# Metrics

Made by `./dev generate` from what the services say of themselves (`estore-user metrics`). Each of them serves these as
`GET /metrics` on its management port. Prometheus adds `service` and `instance`.

Durations have the bounds 2⁻¹⁰ s to 2⁴ s, each twice the one before: they are bounds of native histograms (schema 0), and 0.5 s, of which
docs/operations.md makes a promise, is one of them. Counters whose labels have known values are 0 from the start.

TEXT
        for service in user verification inventory payment; do "$(binaries debug)/estore-$service" metrics; done |
            awk '/^## /{if (NR > 1 && !seen[$0]) print ""; skip = seen[$0]++} NF && !skip {print} !NF && !skip && !/^## / {if (head) print ""} {head = /^## / && !skip}'
    } >"$1"
}
