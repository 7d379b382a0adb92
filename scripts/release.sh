# The dry run of a release: part of ./dev check. It pushes to a registry of its own on this machine.
# ./dev release does the same with the images of ./dev images.

# As in .github/workflows/release.yaml.
ORAS=1.3.6
DISTRIBUTION=3.1.2

release_dry_run() {
    local missing
    for missing in go helm curl; do
        if ! have "$missing"; then
            say "SKIPPED: $missing is missing, and the release was not tried"
            return
        fi
    done
    skippable_python yaml "pyyaml==$PYYAML" >/dev/null || return 0
    with_registry try_release scratch
}

# ./dev release COMMAND…: runs the command while the registry has the chart and the real images. The
# command gets CHART (an address for helm) and VERSION.
release() {
    [ $# -gt 0 ] || die "Give a command that uses the chart: ./dev release sh -c 'helm template shop \"\$CHART\" --version \"\$VERSION\" --plain-http --set mail.enabled=true'"
    with_registry try_release built "$@"
}

# Calls FUNCTION WORK ADDRESS ARGUMENTS…, with a directory and with the address of a new registry:
# with_registry FUNCTION ARGUMENTS…. Both go when the function ends; the registry after an hour, too.
with_registry() {
    go_tool oras oras.land/oras ./cmd/oras "$ORAS"
    go_tool registry github.com/distribution/distribution/v3 ./cmd/small "$DISTRIBUTION" scripts/release/registry.go
    (
        work=$(mktemp -d) pid=''
        trap 'if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi; rm -rf "$work"' EXIT
        : >"$work/registry.log"
        cat >"$work/registry.yaml" <<'YAML'
version: 0.1
log: {accesslog: {disabled: true}}
storage: {inmemory: {}}
http: {addr: "127.0.0.1:0"}
YAML
        timeout 1h "$TOOLS/bin/registry" serve "$work/registry.yaml" >>"$work/registry.log" 2>&1 &
        pid=$!
        address=''
        for _ in {1..100}; do
            address=$(sed -n 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$work/registry.log")
            [ -z "$address" ] || break
            kill -0 "$pid" 2>/dev/null || die "the registry did not start: $(tail -1 "$work/registry.log")"
            sleep 0.1
        done
        [ -n "$address" ] || die "the registry does not listen after 10 s"
        "$1" "$work" "$address" "${@:2}"
    )
}

# Releases into the registry, and uses what is there: try_release WORK ADDRESS scratch|built
# [COMMAND…].
try_release() {
    local work=$1 address=$2 content=$3 repository=Some/Shop version
    local at="$address/some/shop" chart="oci://$address/some/shop/charts/estore"
    version=$(sed -n 's/^version: //p' charts/estore/Chart.yaml)
    push_images "$work" "$at" "$version" "$content"

    quietly bash scripts/release/chart.sh "$work" "$version" "$address" "$repository"
    PATH="$TOOLS/bin:$PATH" quietly bash scripts/release/push.sh "$work/estore-$version.tgz" "$at" --plain-http >"$work/digest"
    grep -q '^sha256:' "$work/digest" || die "helm push names no digest, which a release signs"
    "$TOOLS/bin/oras" manifest fetch "$at/charts/estore:artifacthub.io" --plain-http |
        grep -q 'application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml' ||
        die "artifacthub-repo.yml is not beside the chart"

    quietly helm template shop "$chart" --version "$version" --plain-http --set mail.enabled=true >"$work/rendered.yaml"
    images_are_there "$work/rendered.yaml" "$address"
    quietly helm show chart "$chart" --version "$version" --plain-http >"$work/shown.yaml"
    grep -qx "home: https://github.com/$repository" "$work/shown.yaml" || die "the chart in the registry does not name its home"
    quietly bash scripts/release/kubernetes.sh "$work/estore-$version.tgz" "$work/kubernetes.yaml"
    images_are_there "$work/kubernetes.yaml" "$address"
    GITHUB_REPOSITORY=$repository bash scripts/release/notes.sh "v$version" | grep -q "charts/estore --version $version" ||
        die "the notes of the release do not say how to install it"

    if [ $# -gt 3 ]; then CHART=$chart VERSION=$version "${@:4}"; fi
}

# Shows the errors of a command only if it fails.
quietly() {
    local said
    said=$(mktemp)
    if "$@" 2>"$said"; then rm -f "$said"; else cat "$said" >&2; rm -f "$said"; die "failed: $*"; fi
}

# Pushes each image: one without content, or the one that ./dev images made.
push_images() { # WORK AT VERSION scratch|built
    local work=$1 at=$2 version=$3 content=$4 image source container
    if ! have buildah; then
        [ "$content" = scratch ] || die "buildah is missing: install it, and run this again"
        say "SKIPPED: buildah is missing, and no image was pushed"
        return
    fi
    # A storage of its own, so that nothing is left.
    local -a buildah=(buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs)
    if [ "$content" = scratch ]; then
        container=$("${buildah[@]}" from scratch)
        "${buildah[@]}" copy --quiet "$container" LICENSE / >/dev/null
        "${buildah[@]}" commit --quiet "$container" localhost/nothing >/dev/null
    fi
    for image in "${IMAGES[@]}"; do
        source=localhost/nothing
        if [ "$content" = built ]; then
            source="docker-archive:$(target)/images/$image.tar"
            [ -e "$(target)/images/$image.tar" ] || die "$(target)/images/$image.tar is missing: run ./dev images"
            source=$("${buildah[@]}" pull --quiet "$source")
        fi
        quietly "${buildah[@]}" push --quiet --tls-verify=false "$source" "docker://$at/$image:$version"
    done
}

# Checks that the registry has each of its images that a file names.
images_are_there() { # FILE ADDRESS
    have buildah || return 0
    local image found=0
    while IFS= read -r image; do
        found=1
        curl --silent --fail --output /dev/null --max-time 10 --header 'Accept: application/vnd.oci.image.manifest.v1+json' \
            "http://$2/v2/${image%:*}/manifests/${image##*:}" || die "a release does not push $image, which $(basename "$1") uses"
    done < <(sed -n "s|^[ -]*image: \"\{0,1\}$2/\([^\"]*\).*|\1|p" "$1" | sort -u)
    [ $found = 1 ] || die "$(basename "$1") uses no image of the release"
}
