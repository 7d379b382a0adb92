# Stripe's own mock of its API, by which the shape of our requests is tested.

STRIPE_MOCK=v0.203.0

prepare_stripe_mock() {
    local bin="${XDG_CACHE_HOME:-$HOME/.cache}/estore/tools/bin"
    if [ -x "$bin/stripe-mock" ]; then return; fi
    if ! have go; then
        say "Go is not installed: the test against stripe-mock will say that it was skipped"
        return
    fi
    say "Building stripe-mock $STRIPE_MOCK"
    GOBIN="$bin" go install "github.com/stripe/stripe-mock@$STRIPE_MOCK" ||
        say "stripe-mock could not be built: the test against it will say that it was skipped"
}
