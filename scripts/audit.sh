# ./dev audit

# Audits the shop that `./dev up` runs, which leaves the address and the password there.
audit() {
    local settings=target/estore/audit.env line
    local -a build=()
    [ -r "$settings" ] || die "There is no shop. Start it first: ./dev up"
    while IFS= read -r line; do build+=("$line"); done < <(up_build up "${UP_PROGRAMS[@]}")
    cargo_build "${build[@]}"
    set -a
    # shellcheck source=/dev/null
    . "$settings"
    set +a
    exec "$(binaries up)/estore-bootstrap" audit "$@"
}
