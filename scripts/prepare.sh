# What a machine needs: a Rust toolchain, a C compiler, Postgres, Redis.

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else return 1; fi; }

have_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || compgen -G '/opt/homebrew/opt/postgresql*/bin/initdb' >/dev/null; }
have_prometheus() { have prometheus && have promtool; }
have_redis() { have redis-server || have valkey-server; }

prepare_rust() {
    have cargo || die "Rust is missing. Install it as https://rustup.rs says, then run this again."
    have cc || have gcc || have clang || die "A C compiler is missing: install the package build-essential (Debian), or run xcode-select --install (macOS)."
    # A faster linker, where there is one. Set once here, as another value would build everything again.
    if [ "$(uname)" = Linux ] && have mold; then export RUSTFLAGS="${RUSTFLAGS:--Clink-arg=-fuse-ld=mold}"; fi
}

# The programs that tests start. With the tests, since Cargo chooses other features for programs alone, and would build most
# dependencies twice.
build_programs() { cargo build --locked --workspace --bins --tests "$@"; }

prepare() {
    prepare_rust
    local missing=()
    have_postgres || missing+=(postgresql)
    have_redis || missing+=(redis-server)
    if [ ${#missing[@]} -eq 0 ]; then return; fi
    if have apt-get; then
        say "Installing ${missing[*]} (apt-get)"
        export DEBIAN_FRONTEND=noninteractive
        # The package starts a server of its own otherwise; ours are private.
        as_root mkdir -p /etc/postgresql-common && printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
        as_root apt-get update -qq || say "apt-get update failed; trying with what it knows"
        as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
            die "Could not install them. Install ${missing[*]}, then run this again."
        # Builds faster, and is not needed.
        have mold || as_root apt-get install -y -qq --no-install-recommends mold >/dev/null 2>&1 || say "going on without the linker mold"
    elif have brew; then
        say "Installing postgresql@17 and redis (brew)"
        brew install --quiet postgresql@17 redis
    else
        die "Please install Postgres (15 or newer: initdb, postgres, psql) and Redis (7 or newer: redis-server, redis-cli), then run this again."
    fi
    prepare_rust
}

# For --observe and the tests.
prepare_prometheus() {
    if have_prometheus; then return; fi
    if have apt-get; then
        say "Installing prometheus (apt-get)"
        install_prometheus || die "Could not install it. Install prometheus (with promtool), then run this again."
    elif have brew; then
        say "Installing prometheus (brew)"
        brew install --quiet prometheus
    else
        die "Please install Prometheus (2.42 or newer: prometheus, promtool), then run this again."
    fi
}

# The package starts a server of its own otherwise, now and whenever the machine does; ours are private.
install_prometheus() {
    local policy=/usr/sbin/policy-rc.d made='' failed=''
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && made=yes
        as_root chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get update -qq || say "apt-get update failed; trying with what it knows"
    as_root apt-get install -y -qq --no-install-recommends prometheus >/dev/null || failed=yes
    if [ -n "$made" ]; then as_root rm -f "$policy"; fi
    if [ -n "$failed" ]; then return 1; fi
    if have systemctl; then as_root systemctl disable --quiet prometheus || say "Prometheus of the machine's own stays enabled"; fi
}

# Where the build is.
target() { printf '%s' "${CARGO_TARGET_DIR:-target}"; }
binaries() { printf '%s/%s' "$(target)" "$1"; }
