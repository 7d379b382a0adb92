# ./dev e2e

# In the cluster of the current KUBECONFIG. Images get there as ./dev images says; E2E_IMAGES=there means that they are.
e2e() {
    have kubectl || die "kubectl is missing, and a cluster: kind or minikube will do."
    have helm || die "helm is missing."
    kubectl version >/dev/null 2>&1 || die "kubectl reaches no cluster: set KUBECONFIG, or start kind or minikube."
    [ "${E2E_IMAGES:-}" = there ] || images
    cargo build --release --locked --workspace --bins
    E2E_TESTS=$(shop_tests) "$(binaries release)/estore-e2e" "$@"
}

# The black-box tests as one program without its symbols: it is sent into a pod.
shop_tests() {
    local program small
    cargo test --quiet --locked --workspace --test shop --no-run
    program=$(cargo test --quiet --locked --workspace --test shop --no-run --message-format json |
        sed -n 's/.*"executable":"\([^"]*\/shop-[^"]*\)".*/\1/p' | tail -1)
    small="$(target)/images/shop-tests"
    mkdir -p "$(dirname "$small")"
    strip -s -o "$small" "$program"
    echo "$small"
}
