# ./dev chart, and the parts of the chart that are generated

KUBE_SCORE=1.20.0
HELM_UNITTEST=1.1.2
CHECKOV=3.3.30
PYYAML=6.0.3

# A venv with the named packages: python_with NAME PACKAGE==VERSION…
python_with() {
    local place="$TOOLS/python/$1"
    shift
    if [ "$(cat "$place/.packages" 2>/dev/null)" != "$*" ]; then
        say "Installing $*"
        rm -rf "$place"
        python3 -m venv "$place" && "$place/bin/pip" install --quiet --disable-pip-version-check "$@"
        echo "$*" >"$place/.packages"
    fi
    echo "$place/bin"
}

# Generates the chart's files from other parts of the project, whose programs are built:
# generate_chart CHART-OUT
generate_chart() {
    local out=$1 python
    python=$(python_with yaml "pyyaml==$PYYAML")
    mkdir -p "$out/files/redis" "$out/files/catalog"
    cp migrations/acl/*.acl "$out/files/redis/"
    cp catalog/categories.yaml catalog/products/*.yaml catalog/images/* "$out/files/catalog/"
    "$python/python" scripts/chart/generate.py charts/estore "$out"
    # The kinds of the catalogue operator, from their Rust types.
    "$(binaries debug)/estore-bootstrap" crds >"$out/files/crds.yaml"
    "$(binaries debug)/estore-dashboards" "$out/files/dashboards"
    "$python/python" scripts/chart/metadata.py generate charts/estore "$out"
}

# Writes the queries of the storefront's engine room, which are those of the dashboards. The
# storefront must be built again after a change.
generate_queries() { "$(binaries debug)/estore-dashboards" --queries "$1"; }

queries_are_generated() {
    local fresh queries=services/storefront/src/engine/queries.json
    fresh=$(mktemp)
    generate_queries "$fresh"
    cmp -s "$fresh" "$queries" || die "$queries is out of date: run ./dev generate"
    rm -f "$fresh"
}

chart_is_generated() {
    have python3 || { say "Python is missing: the generated files of charts/estore were not compared"; return; }
    local fresh
    fresh=$(mktemp -d)
    generate_chart "$fresh"
    local file
    while IFS= read -r file; do
        cmp -s "$fresh/$file" "charts/estore/$file" || die "charts/estore/$file is out of date: run ./dev generate"
    done < <(cd "$fresh" && find . -type f)
    rm -rf "$fresh"
}

# A Go program, installed for this project alone: go_tool NAME MODULE PACKAGE VERSION [MAIN]. Builds
# it within its module, as some cannot be installed. The file MAIN becomes the package, if given.
go_tool() {
    local name=$1 module=$2 package=$3 version=$4 main=${5:-} work
    if ! go version -m "$TOOLS/bin/$name" 2>/dev/null | grep -qE "^\s*mod\s+$module\s+(v$version|\(devel\))" ||
        [ "$(cat "$TOOLS/bin/.$name" 2>/dev/null)" != "$version" ]; then
        say "Installing $name $version"
        work=$(mktemp -d)
        go mod download -json "$module@v$version" >"$work/where"
        cp -r "$(sed -n 's/.*"Dir": "\(.*\)".*/\1/p' "$work/where")" "$work/module"
        chmod -R u+w "$work/module"
        if [ -n "$main" ]; then mkdir -p "$work/module/$package" && cp "$main" "$work/module/$package/main.go"; fi
        (cd "$work/module" && go build -o "$TOOLS/bin/$name" "$package")
        echo "$version" >"$TOOLS/bin/.$name"
        rm -rf "$work"
    fi
}

# Checks the chart without an installation.
chart() {
    have helm || die "helm is missing: https://helm.sh/docs/intro/install"
    local values
    say "· helm lint"
    for values in charts/estore/ci/*.yaml; do helm lint --quiet --strict charts/estore -f "$values"; done
    say "· repeatable rendering"
    for values in charts/estore/ci/*.yaml; do
        [ "$(rendered "$values" | sha256sum)" = "$(rendered "$values" | sha256sum)" ] || die "$values is rendered differently each time"
    done
    say "· lengths of names, types of texts, jobs of upgrades"
    names_fit
    say "· images that Chart.yaml lists"
    images_agree
    say "· helm-unittest"
    go_tool helm-unittest github.com/helm-unittest/helm-unittest ./cmd/helm-unittest "$HELM_UNITTEST"
    "$TOOLS/bin/helm-unittest" --strict -f 'tests/*.yaml' charts/estore
    chart_in_cluster
    say "· kube-score"
    go_tool kube-score github.com/zegl/kube-score ./cmd/kube-score "$KUBE_SCORE"
    for values in charts/estore/ci/*.yaml; do kube_score "$values"; done
    say "· checkov"
    for values in charts/estore/ci/*.yaml; do run_checkov "$values"; done
    say "The chart passes."
}

rendered() { helm template estore charts/estore --namespace estore -f "$1"; }

# Checks the chart with any release name (helm allows 53 characters), and with numbers in place of
# texts.
names_fit() {
    local python name values odd=scripts/chart/odd-values.yaml
    python=$(python_with yaml "pyyaml==$PYYAML")
    for values in charts/estore/ci/*.yaml; do rendered "$values" | "$python/python" scripts/chart/names.py "$values"; done
    for name in a 123 1e6 "$(printf '%034d' 0)" "$(printf 'r%.0s' {1..53})"; do
        helm template "$name" charts/estore --namespace 1 -f charts/estore/ci/everything-values.yaml -f "$odd" |
            "$python/python" scripts/chart/names.py "the release $name"
        helm template "$name" charts/estore --set-string "fullnameOverride=$name-$name" -f charts/estore/ci/demo-values.yaml |
            "$python/python" scripts/chart/names.py "fullnameOverride $name-$name"
    done
}

# Checks that Chart.yaml lists the images that are rendered, and no other. Values that replace images
# are left out.
images_agree() {
    local python values
    python=$(python_with yaml "pyyaml==$PYYAML")
    for values in charts/estore/ci/{demo,everything,external}-values.yaml k8s/values/demo.yaml; do
        helm template estore charts/estore -f "$values" --set-string image.tag=
        echo ---
    done | "$python/python" scripts/chart/metadata.py check charts/estore
}

# Checks that an API server accepts all objects in a namespace that is `restricted`.
chart_in_cluster() {
    if ! kubectl version >/dev/null 2>&1; then
        say "No cluster answers: the chart was not checked by an API server"
        return
    fi
    say "· kubectl apply --dry-run=server"
    local namespace="estore-dry-run-$$" values said
    kubectl create namespace "$namespace" --dry-run=client -o yaml | kubectl apply -f - >/dev/null
    kubectl label --overwrite namespace "$namespace" pod-security.kubernetes.io/{enforce,warn}=restricted >/dev/null
    for values in charts/estore/ci/*.yaml; do
        said=$(helm template estore charts/estore --namespace "$namespace" -f "$values" |
            kubectl apply --namespace "$namespace" --dry-run=server -f - 2>&1) || die "$values: $said"
        # A warning means that the namespace would refuse a pod. The kinds may be there already,
        # created by another client.
        if grep -i warning <<<"$said" | grep -v last-applied-configuration; then die "$values: the API server returns warnings"; fi
    done
    # The one file of a release has the namespace in it.
    local file
    file=$(mktemp --suffix=.yaml)
    bash scripts/release/kubernetes.sh charts/estore "$file" "$namespace"
    said=$(kubectl apply --dry-run=server -f "$file" 2>&1) || die "kubernetes.yaml: $said"
    rm -f "$file"
    if grep -i warning <<<"$said" | grep -v last-applied-configuration; then die "kubernetes.yaml: the API server returns warnings"; fi
    kubectl delete namespace "$namespace" --wait=false >/dev/null
}

# The skipped checks, with their reasons, are in the files beside.
kube_score() {
    local -a ignore=()
    local test reason
    while read -r test reason; do [ -n "$reason" ] && ignore+=(--ignore-test "$test"); done <scripts/chart/kube-score.skips
    rendered "$1" | "$TOOLS/bin/kube-score" score "${ignore[@]}" --output-format ci - >"$TOOLS/kube-score.out" ||
        { grep -vE '^\[(OK|SKIPPED)\]' "$TOOLS/kube-score.out" >&2; die "$1: kube-score reports problems"; }
}

run_checkov() {
    local bin file
    bin=$(python_with checkov "checkov==$CHECKOV")
    file=$(mktemp --suffix=.yaml)
    rendered "$1" >"$file"
    "$bin/checkov" --quiet --compact --framework kubernetes --skip-download \
        --skip-check "$(awk 'NF > 1 {print $1}' scripts/chart/checkov.skips | paste -sd,)" -f "$file" ||
        die "$1: checkov reports problems"
    rm -f "$file"
}
