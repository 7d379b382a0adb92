# ./dev fuzz

CARGO_FUZZ=0.13.2

# Runs each check of tests/fuzz for SECONDS: fuzz SECONDS [NAME…]. Inputs that break a check stay
# beside the build, and are reported.
fuzz() {
    local seconds=${1:-300} name engine=tests/fuzz/engine place
    have g++ || have c++ || have clang++ || die "A C++ compiler is missing: it is required to build libFuzzer."
    case "$seconds" in *[!0-9]* | '') die "The number of seconds must be a whole number: ./dev fuzz 300" ;; esac
    tool cargo-fuzz "$CARGO_FUZZ"
    place="$(cd "$(dirname "$(target)")" && pwd)/$(basename "$(target)")/fuzz"
    local -a how=(--fuzz-dir "$engine" --target-dir "$place" --sanitizer none --codegen-units 16)
    # Stable Rust has the coverage that libFuzzer needs, but no sanitizers, which would find little
    # in safe code.
    "$TOOLS/bin/cargo-fuzz" fuzz build "${how[@]}" check
    local -a names=("${@:2}")
    [ ${#names[@]} -gt 0 ] || names=(tests/fuzz/seeds/*)
    for name in "${names[@]##*/}"; do
        say "· $name, $seconds s"
        mkdir -p "$place/corpus/$name" "$place/found"
        FUZZ_TARGET=$name "$TOOLS/bin/cargo-fuzz" fuzz run "${how[@]}" check "$place/corpus/$name" "tests/fuzz/seeds/$name" -- \
            -max_total_time="$seconds" -artifact_prefix="$place/found/$name-" -timeout=10 -max_len=8192 -print_final_stats=1 \
            >"$place/$name.log" 2>&1 || {
            grep -A 3 -E 'panicked|ALARM|ERROR|must be one of' "$place/$name.log" >&2
            die "The check $name fails for the bytes in $place/found; see $place/$name.log. Keep the bytes in tests/fuzz/seeds/$name."
        }
        grep -E 'DONE +cov:' "$place/$name.log" >&2 || true
    done
    say "Every check passed."
}
