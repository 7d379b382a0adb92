# Stripe's own mock, which knows the parameters of every request. The Payment Service's tests call
# it if it is installed.

STRIPE_MOCK=v0.203.0

# Builds it with Go, if that is installed. Without it the test reports that it was skipped.
stripe_mock() {
    local program="$TOOLS/bin/stripe-mock"
    if ! have go; then
        say "Go is missing: the requests to Stripe are not checked against stripe-mock"
    elif ! go version -m "$program" 2>/dev/null | grep -q "stripe-mock[[:space:]]$STRIPE_MOCK"; then
        say "Installing stripe-mock $STRIPE_MOCK"
        GOBIN="$TOOLS/bin" go install "github.com/stripe/stripe-mock@$STRIPE_MOCK" >/dev/null 2>&1 ||
            say "Could not install it: the requests to Stripe are not checked against stripe-mock"
    fi
}
