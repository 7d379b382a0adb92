# The requirements of a machine: a Rust toolchain, a C compiler, Postgres, Redis.

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else return 1; fi; }

have_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || compgen -G '/opt/homebrew/opt/postgresql*/bin/initdb' >/dev/null; }
have_prometheus() { have prometheus && have promtool; }
have_redis() { have redis-server || have valkey-server; }

prepare_rust() {
    have cargo || die "Rust is missing. Install it from https://rustup.rs, then run this again."
    have cc || have gcc || have clang || die "A C compiler is missing: install the package build-essential (Debian), or run xcode-select --install (macOS)."
    # A faster linker, if there is one. Set once here, as another value would build everything
    # again.
    if [ "$(uname)" = Linux ] && have mold; then export RUSTFLAGS="${RUSTFLAGS:--Clink-arg=-fuse-ld=mold}"; fi
}

# Builds the programs that tests start. Builds the tests, too: for programs alone Cargo chooses
# other features, and would build most dependencies twice.
build_programs() { cargo build --locked --workspace --bins --tests "$@"; }

# build_only PROFILE PROGRAM…: these programs alone, with the features of the whole workspace.
build_only() {
    local profile=$1
    shift
    cargo build --profile "$profile" --locked --workspace "${@/#/--bin=estore-}"
}

prepare() {
    prepare_rust
    local missing=()
    have_postgres || missing+=(postgresql)
    have_redis || missing+=(redis-server)
    if [ ${#missing[@]} -eq 0 ]; then return; fi
    if have apt-get; then
        say "Installing ${missing[*]} (apt-get)"
        export DEBIAN_FRONTEND=noninteractive
        # Otherwise the package starts a server of its own; ours are private.
        as_root mkdir -p /etc/postgresql-common && printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
        as_root apt-get update -qq || say "apt-get update failed; trying with the current package lists"
        as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
            die "Could not install them. Install ${missing[*]}, then run this again."
        # Builds faster, and is optional.
        have mold || as_root apt-get install -y -qq --no-install-recommends mold >/dev/null 2>&1 || say "mold cannot be installed; continuing with the default linker"
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

# Otherwise the package starts a server of its own, now and at each boot; ours are private.
install_prometheus() {
    local policy=/usr/sbin/policy-rc.d made='' failed=''
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && made=yes
        as_root chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get update -qq || say "apt-get update failed; trying with the current package lists"
    as_root apt-get install -y -qq --no-install-recommends prometheus >/dev/null || failed=yes
    if [ -n "$made" ]; then as_root rm -f "$policy"; fi
    if [ -n "$failed" ]; then return 1; fi
    if have systemctl; then as_root systemctl disable --quiet prometheus || say "cannot disable the machine's own Prometheus; continuing"; fi
}

# A venv with pinned requirements: venv_with PLACE REQUIREMENTS
venv_with() {
    local venv=$1 wanted=$2
    if cmp -s "$wanted" "$venv/.requirements"; then return; fi
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        have apt-get || die "Please install Python 3.11 or newer with venv, then run this again."
        say "Installing python3-venv (apt-get)"
        as_root apt-get install -y -qq --no-install-recommends python3-venv >/dev/null ||
            die "Could not install it. Install python3-venv, then run this again."
    fi
    say "Installing $wanted"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --requirement "$wanted" ||
        die "Could not install $wanted with $(python3 --version): Python 3.11 or newer is needed."
    cp "$wanted" "$venv/.requirements"
}

# The directory of the build.
target() { printf '%s' "${CARGO_TARGET_DIR:-target}"; }
binaries() { printf '%s/%s' "$(target)" "$1"; }
