# The Tiltfile is executed against the chart: part of ./dev check.

STARLARK=2026.1.3
PYYAML=6.0.4

tiltfile_test() {
    if ! have helm; then
        say "SKIPPED: helm is missing, and the Tiltfile is not tested"
        return
    fi
    local python
    python=$(python_with tiltfile "starlark-pyo3==$STARLARK" "PyYAML==$PYYAML") || return 0
    (cd tests/tiltfile && "$python" -B -m unittest)
}

# python_with NAME PACKAGE==VERSION…: a Python that has them, in a place of its own. Where that cannot be had, it says so and fails.
python_with() {
    local name=$1 place="$TOOLS/python-$1"
    shift
    if [ "$(cat "$place/packages" 2>/dev/null)" != "$*" ]; then
        say "Installing $*"
        rm -rf "$place"
        if ! { python3 -m venv "$place" && "$place/bin/pip" install --quiet --disable-pip-version-check "$@"; } >&2; then
            say "SKIPPED: Python with venv and pip is missing, or $* cannot be had: $name is not checked"
            return 1
        fi
        echo "$*" >"$place/packages"
    fi
    echo "$place/bin/python"
}
