# Stripe's own mock, which knows the parameters of every request: the Payment Service's tests ask it, where it is there.

STRIPE_MOCK=v0.203.0

# Built by Go, where that is installed; without it the test says that it was skipped.
stripe_mock() {
    local program="$TOOLS/bin/stripe-mock"
    if ! have go; then
        say "Go is missing: the requests to Stripe are not checked against stripe-mock"
    elif ! go version -m "$program" 2>/dev/null | grep -q "stripe-mock[[:space:]]$STRIPE_MOCK"; then
        say "Installing stripe-mock $STRIPE_MOCK"
        GOBIN="$TOOLS/bin" go install "github.com/stripe/stripe-mock@$STRIPE_MOCK" >/dev/null 2>&1 ||
            say "Could not: the requests to Stripe are not checked against stripe-mock"
    fi
}
