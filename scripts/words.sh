# Checks how documents and comments are written, by the rules in .vale: part of ./dev check.

# The newest version that needs only releases of its modules. Not every proxy of Go modules has the
# commit of cascadia that versions 3.23.0 to 3.26.0 need.
VALE=3.22.0

words_check() {
    if ! have go; then
        say "SKIPPED: Go is missing, and Vale did not check the words of documents and comments"
        return
    fi
    go_tool vale github.com/vale-cli/vale/v3 ./cmd/vale "$VALE"
    # Three documents are generated or compared. Migrations in SQL are not checked: Postgres keeps a
    # hash of each that ran, with its comments.
    find . \( -name target -o -name '.?*' \) -prune -o -type f \
        \( -name '*.md' -o -name '*.rs' -o -name '*.lua' \) \
        ! -path ./docs/metrics.md ! -path ./docs/performance.md ! -path './tests/bench/golden/*' -print0 |
        xargs -0 "$TOOLS/bin/vale" --no-global --output line
}
