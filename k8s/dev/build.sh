#!/usr/bin/env bash
# Compiles every program, and copies those that changed into target/tilt/<image>/, which Tilt reads.
set -euo pipefail
cd "$(dirname "$0")/../.."
# As ./dev builds: other flags would compile everything again.
# shellcheck source=scripts/prepare.sh
. scripts/prepare.sh
out=target/tilt

if [ "$(uname)" = Linux ]; then
    prepare_rust
    built=$(binaries debug)
    cargo build --locked --workspace --bins
else
    # Pods are Linux. The volumes keep the container's downloads and builds.
    built=$out/build/debug
    docker run --rm --volume "$PWD:/shop" --volume estore-cargo:/usr/local/cargo/registry --workdir /shop \
        --env "CARGO_TARGET_DIR=$out/build" docker.io/library/rust:1.95-bookworm \
        sh -c 'apt-get -qq update && apt-get -qq install -y cmake >/dev/null && cargo build --locked --workspace --bins'
fi

rm -rf "$out/new"
sh scripts/images/layout.sh "$built" "$out/new"
for image in "$out"/new/*; do
    to=$out/$(basename "$image")
    mkdir -p "$to"
    cmp -s k8s/dev/live.sh "$to/live.sh" || install -m 755 k8s/dev/live.sh "$to/live.sh"
    cmp -s "$image/estore" "$to/estore" || mv "$image/estore" "$to/estore"
done
rm -rf "$out/new"
