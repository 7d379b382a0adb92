#!/bin/sh
# Compiles every program, and puts those that changed into target/tilt/<image>/, from where Tilt takes them.
set -eu
cd "$(dirname "$0")/../.."
out=target/tilt

if [ "$(uname)" = Linux ]; then
    binaries="${CARGO_TARGET_DIR:-target}/debug"
    cargo build --locked --workspace --bins
else
    # Pods are Linux. The container keeps what it downloads and what it builds.
    binaries="$out/build/debug"
    docker run --rm --volume "$PWD:/shop" --volume estore-cargo:/usr/local/cargo/registry --workdir /shop \
        --env "CARGO_TARGET_DIR=$out/build" docker.io/library/rust:1.95-bookworm \
        sh -c 'apt-get -qq update && apt-get -qq install -y cmake >/dev/null && cargo build --locked --workspace --bins'
fi

rm -rf "$out/new"
sh scripts/layout.sh "$binaries" "$out/new"
for image in "$out"/new/*; do
    to="$out/$(basename "$image")"
    mkdir -p "$to"
    cmp -s k8s/dev/live.sh "$to/live.sh" || install -m 755 k8s/dev/live.sh "$to/live.sh"
    cmp -s "$image/estore" "$to/estore" || mv "$image/estore" "$to/estore"
done
rm -rf "$out/new"
