#!/usr/bin/env bash
# third_party.sh DIR: makes stand-ins for two images of the demonstration, for clusters that cannot
# pull them, and saves them as DIR/prometheus.tar and DIR/jaeger.tar. The step `demo` of ./dev e2e
# uses them (tests/cluster/values/showcase.yaml names their tags).
#
# They take the arguments of the official images. Prometheus is this machine's own, such as Debian's.
# Jaeger is built from its Go module, which has no files of its pages: its API answers all the same.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=/dev/null
for part in prepare check chart images; do . "scripts/$part.sh"; done

# Releases of Jaeger 2 are this module, under tags of their own numbers.
JAEGER=2.13.0
JAEGER_MODULE=1.76.0
# The chart's tag for the image, whatever version this machine has.
PROMETHEUS=debian

out=$1
mkdir -p "$out"
builder=$(image_builder)
have prometheus || die "prometheus is missing: install it (Debian: the package prometheus)"
have go || die "Go is missing, and Jaeger cannot be built"

# image NAME FILE BASE PROGRAM PATH-IN-IMAGE
image() {
    local context
    context=$(mktemp -d)
    install -m 755 "$4" "$context/program"
    printf 'FROM %s\nCOPY program %s\nUSER 65532:65532\nENTRYPOINT ["%s"]\n' "$3" "$5" "$5" >"$context/Dockerfile"
    local -a build=("$builder" build)
    case $builder in
        buildah | podman) build+=(--timestamp 0 --pull=false) ;;
    esac
    "${build[@]}" --quiet -t "$1" "$context" >/dev/null
    rm -rf "$context"
    save_image "$builder" "$1" "$2"
}

# Debian links it with glibc.
image "docker.io/prom/prometheus:$PROMETHEUS" "$out/prometheus.tar" \
    gcr.io/distroless/cc-debian12:nonroot "$(command -v prometheus)" /bin/prometheus

CGO_ENABLED=0 GOFLAGS="-trimpath -ldflags=-s" go_tool jaeger github.com/jaegertracing/jaeger ./cmd/jaeger "$JAEGER_MODULE"
image "docker.io/jaegertracing/jaeger:$JAEGER" "$out/jaeger.tar" scratch "$TOOLS/bin/jaeger" /cmd/jaeger/jaeger-linux
say "Made $out/prometheus.tar and $out/jaeger.tar"
