# How far a build is. Cargo's own bar needs a terminal, and does not say how long it takes.

# Our own crates take longer than the others, by about this much.
OWN=8

# Runs `cargo build` with these arguments, and prints a line for each tenth of the crates. Warnings
# and errors of the compiler appear as usual.
cargo_build() {
    local crates
    crates=$(crates_of "$@") || crates='0 0'
    # shellcheck disable=SC2086
    cargo build --quiet --message-format json-render-diagnostics "$@" | tell_progress $crates
}

# The number of crates that a build with these arguments takes, and how many of them are ours.
crates_of() {
    local -a asked=()
    local argument
    for argument in "$@"; do
        # `cargo tree` takes the options that choose packages and features.
        case "$argument" in --package=* | --workspace | --locked | --no-default-features) asked+=("$argument") ;; esac
    done
    # A crate of ours has its directory behind its name.
    cargo tree --edges normal,build --prefix none --format '{p}' "${asked[@]}" |
        sed 's/ (\*)$//' | sort -u | awk '/ \(\//{ours++} {all++} END {print all + 0, ours + 0}'
}

# Reads what Cargo says of each crate: tell_progress CRATES OURS
tell_progress() {
    local crates=$1 all=$(($1 + $2 * (OWN - 1))) began=$SECONDS line id seen='|'
    local count=0 before=0 built=0 weight tenth told=0
    while IFS= read -r line; do
        case "$line" in
            *'"kind":["custom-build"]'*) continue ;;
            '{"reason":"compiler-artifact"'*) ;;
            *) continue ;;
        esac
        id=${line#*'"package_id":"'}
        id=${id%%'"'*}
        # A crate may be built for this machine and for build scripts, and as a library and a program.
        case "$seen" in *"|$id|"*) continue ;; esac
        seen+="$id|"
        count=$((count + 1))
        case "$id" in path+file:*) weight=$OWN ;; *) weight=1 ;; esac
        case "$line" in
            # An earlier build left it.
            *'"fresh":true'*) before=$((before + weight)) && continue ;;
        esac
        built=$((built + weight))
        tenth=$((crates > 0 ? 10 * count / crates : 0))
        if [ "$tenth" -gt "$told" ] && [ "$tenth" -lt 10 ]; then
            told=$tenth
            say "Building: $count of $crates crates, $(minutes $(((SECONDS - began) * (all - before - built) / built)))"
        fi
    done
}

# Seconds in words.
minutes() {
    if [ "$1" -lt 90 ]; then echo "about a minute left"; else echo "about $((($1 + 30) / 60)) min left"; fi
}
