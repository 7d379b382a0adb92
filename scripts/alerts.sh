# The alerts: promtool checks the rules, and runs tests/alerts. Part of ./dev check and ./dev test.

check_alerts() {
    if ! have promtool; then
        say "SKIPPED: promtool is missing (Debian: the package prometheus), and the alerts are not tested"
        return
    fi
    promtool check rules charts/estore/files/alerts.yaml >&2
    promtool test rules tests/alerts/*.yaml >&2
}
