# Executes the Tiltfile against the chart, and renders the example values: part of ./dev check.

STARLARK=2026.1.3

tiltfile_test() {
    if ! have helm; then
        say "SKIPPED: helm is missing, and the Tiltfile is not tested"
        return
    fi
    local bin
    bin=$(skippable_python tiltfile "starlark-pyo3==$STARLARK" "pyyaml==$PYYAML") || return 0
    (cd tests/tiltfile && "$bin/python" -B -m unittest)
}

# Like python_with. Without Python, or without a source to install from, it says so and fails.
skippable_python() {
    if python3 -c 'import ensurepip, venv' 2>/dev/null; then
        local bin
        bin=$(python_with "$@" || true)
        if [ -x "$bin/python" ] && "$bin/pip" show --quiet "${2%%==*}" 2>/dev/null; then
            echo "$bin"
            return
        fi
    fi
    say "SKIPPED: Python (with venv) is missing, or $2 cannot be installed: the check $1 did not run"
    return 1
}
