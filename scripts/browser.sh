# ./dev browser, ./dev shots: the storefront in a real browser

# Runs tests/browser against the debug programs, which are built. Passes arguments on to pytest.
browser() {
    browser_python
    "$BROWSER_PYTHON" -m ruff check --quiet tests/browser
    "$BROWSER_PYTHON" -m ruff format --quiet --check tests/browser
    "$BROWSER_PYTHON" -B -m pytest --rootdir tests/browser -p no:cacheprovider --quiet tests/browser "$@"
}

# Takes the pictures of docs/tour.
shots() {
    browser_python
    "$BROWSER_PYTHON" -B tests/browser/shots.py
}

browser_python() {
    BROWSER_DIR="$(target)/browser"
    BROWSER_PYTHON="$BROWSER_DIR/venv/bin/python"
    BIN="${BIN:-$(binaries debug)}"
    export BROWSER_DIR BIN
    venv_with "$BROWSER_DIR/venv" tests/browser/requirements.txt
}

# Installs Chromium from the machine's packages. Playwright downloads no browser.
prepare_browser() {
    if have chromium || have chromium-browser || have google-chrome || have google-chrome-stable; then return; fi
    if have apt-get; then
        say "Installing chromium (apt-get)"
        as_root apt-get update -qq || say "apt-get update failed; trying with the current package lists"
        as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null ||
            die "Could not install it. Install chromium, then run this again."
    elif have brew; then
        say "Installing chromium (brew)"
        brew install --quiet --cask chromium
    else
        die "Please install Chromium, then run this again."
    fi
}
