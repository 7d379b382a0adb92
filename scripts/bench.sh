# ./dev bench

# Promises within the store are measured by estore-bench, everything else by estore-measure.
bench() {
    cargo build --release --locked --workspace --bins
    case "${1:-}" in
        browse | watched | logins)
            "$(binaries release)/estore-bench" "$@"
            return
            ;;
    esac
    prepare_wrk
    local place
    place="$(target)/bench"
    # The short form and growth start no twin.
    case " $* " in
        *" --short "* | *" --grow"* | *" --help "* | *" -h "* | *" catalogue "* | *" render "*) ;;
        *) bench_python "$place/venv" ;;
    esac
    BENCH_DIR="$place" BENCH_PYTHON="$place/venv/bin/python" BENCH_DATE="$(date -u +%F)" \
        "$(binaries release)/estore-measure" "$@"
}

prepare_wrk() {
    if have wrk; then return; fi
    if have apt-get; then
        say "Installing wrk (apt-get)"
        as_root apt-get install -y -qq --no-install-recommends wrk >/dev/null || die "Could not install it. Install wrk, then run this again."
    elif have brew; then
        say "Installing wrk (brew)"
        brew install --quiet wrk
    else
        die "Please install wrk, then run this again."
    fi
}

# A Python with what the FastAPI twin needs, in a place of its own.
bench_python() {
    local venv=$1 wanted=tests/bench/fastapi/requirements.txt
    if cmp -s "$wanted" "$venv/.requirements"; then return; fi
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        have apt-get || die "Please install Python 3.11 or newer with venv, then run this again."
        say "Installing python3-venv (apt-get)"
        as_root apt-get install -y -qq --no-install-recommends python3-venv >/dev/null ||
            die "Could not install it. Install python3-venv, then run this again."
    fi
    say "Installing what the FastAPI twin needs"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --requirement "$wanted" ||
        die "Could not install $wanted with $(python3 --version): Python 3.11 or newer is needed."
    cp "$wanted" "$venv/.requirements"
}
