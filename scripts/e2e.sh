# ./dev e2e

# Runs in the cluster of the current KUBECONFIG. ./dev images explains the way of images into it;
# E2E_IMAGES=there means that they are there.
e2e() {
    have kubectl || die "kubectl is missing: install it, and start a cluster with kind or minikube."
    have helm || die "helm is missing."
    kubectl version >/dev/null 2>&1 || die "kubectl reaches no cluster: set KUBECONFIG, or start kind or minikube."
    [ "${E2E_IMAGES:-}" = there ] || images
    if [[ " $* " == *demo* ]]; then
        prepare_browser
        browser_python
        export E2E_BROWSER="$BROWSER_PYTHON -B tests/browser/visit_demo.py"
    fi
    if [[ " $* " == *demo* || " $* " == *timetable* ]]; then
        bash scripts/images/third_party.sh "$(target)/images"
        load_images "$(target)/images" prometheus jaeger
    fi
    build_for_images
    E2E_TESTS=$(shop_tests) "$(binaries "$IMAGES_PROFILE")/estore-e2e" --date "$(date -u +%F)" --commit "$(current_commit)" "$@"
}

# The black-box tests as one program without its symbols, to copy into a pod.
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
