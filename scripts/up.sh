# ./dev up

# The programs of the shop. `./dev up` builds these alone, and without what only a cluster needs.
UP_PROGRAMS=(user verification inventory payment storefront bootstrap local)

# The arguments of `cargo build` for these programs: up_build PROFILE PROGRAM…
up_build() {
    local profile=$1
    shift
    printf '%s\n' --profile "$profile" --locked --bins --no-default-features "${@/#/--package=estore-}"
}

up() {
    local profile=up line
    local -a programs=("${UP_PROGRAMS[@]}") build=()
    case " $* " in *" --observe "* | *" --demo "*) prepare_prometheus ;; esac
    case " $* " in *" --demo "*) programs+=(shopper) ;; esac
    # A benchmark measures the programs as the images have them.
    case " $* " in *" --no-limits "*) profile=dist ;; esac
    while IFS= read -r line; do build+=("$line"); done < <(up_build "$profile" "${programs[@]}")
    say "Building (the first time takes a few minutes)"
    cargo_build "${build[@]}"
    case " $* " in *" --watch "*) set -- "$@" --build cargo build --quiet "${build[@]}" ;; esac
    exec "$(binaries "$profile")/estore-local" up "$@"
}

# Erases the data of `./dev up`.
reset_up() {
    local line
    local -a build=()
    while IFS= read -r line; do build+=("$line"); done < <(up_build up "${UP_PROGRAMS[@]}")
    cargo_build "${build[@]}"
    "$(binaries up)/estore-local" reset
}
