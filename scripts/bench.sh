# ./dev bench

# estore-bench measures the promises within the store, estore-measure everything else.
bench() {
    # The profile of the images: what users run is measured.
    build_only dist storefront user verification inventory payment bootstrap local bench measure
    case "${1:-}" in
        browse | watched | logins)
            "$(binaries dist)/estore-bench" "$@"
            return
            ;;
        flood)
            flood
            return
            ;;
    esac
    prepare_wrk
    local place
    place="$(target)/bench"
    # The short form and growth start no twin.
    case " $* " in
        *" --short "* | *" --grow"* | *" --help "* | *" -h "* | *" catalogue "* | *" render "*) ;;
        *) venv_with "$place/venv" tests/bench/fastapi/requirements.txt ;;
    esac
    BENCH_DIR="$place" BENCH_PYTHON="$place/venv/bin/python" BENCH_DATE="$(date -u +%F)" \
        "$(binaries dist)/estore-measure" "$@"
}

# Orders beside lists, searches and category changes, with 100,000 products.
flood() {
    local catalogue
    catalogue="$(target)/bench/flood"
    [ -f "$catalogue/categories.yaml" ] || "$(binaries dist)/estore-measure" catalogue "$catalogue" 100000
    CATALOG_DIR="$catalogue" "$(binaries dist)/estore-bench" flood
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
