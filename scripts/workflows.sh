# Checks the workflows and the shell scripts: part of ./dev check.

ACTIONLINT=1.7.12
ZIZMOR=1.32.0

workflows_check() {
    if have go; then
        go_tool actionlint github.com/rhysd/actionlint ./cmd/actionlint "$ACTIONLINT"
        # Checks their shell parts too, if shellcheck is installed.
        "$TOOLS/bin/actionlint"
    else
        say "SKIPPED: Go is missing, and actionlint did not check the workflows"
    fi
    local bin
    if bin=$(skippable_python zizmor "zizmor==$ZIZMOR"); then
        "$bin/zizmor" --offline --quiet --no-progress --pedantic .github
    fi
}

shell_check() {
    if ! have shellcheck; then
        say "SKIPPED: shellcheck is missing, and the shell scripts were not checked"
        return
    fi
    # Those of scripts/ are parts of ./dev.
    shellcheck --shell=bash --external-sources dev .ci/run scripts/*.sh
    shellcheck --external-sources scripts/*/*.sh k8s/dev/*.sh
}

# ./dev advisories: known vulnerabilities of the crates in use. Needs the network.
advisories() {
    tool cargo-deny "$CARGO_DENY"
    "$TOOLS/bin/cargo-deny" check advisories
}
