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
    "$TOOLS/bin/cargo-deny" --offline check bans licenses sources
    say "· unused dependencies"
    tool cargo-machete "$CARGO_MACHETE"
    "$TOOLS/bin/cargo-machete"
    say "· documents"
    local fresh
    fresh=$(mktemp -d)
    write_documents "$fresh"
    diff -ru docs/openapi "$fresh" || die "docs/openapi is not what the programs say: run ./dev generate"
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
    cargo build --quiet --locked --workspace --bins
    local service
    for service in user verification inventory payment; do
        "$(binaries debug)/estore-$service" openapi >"$1/$service.json"
        "$(binaries debug)/estore-$service" openapi --internal >"$1/$service-internal.json"
    done
}

