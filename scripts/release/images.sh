#!/usr/bin/env bash
# images.sh DIR: builds each image for this machine's architecture, pushes it without a tag, and
# saves its digest in DIR/<image>. Uses no cache, since others could write to one.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1
registry=ghcr.io/${GITHUB_REPOSITORY,,}
# shellcheck source=scripts/images.sh
. scripts/images.sh

mkdir -p "$out"
docker buildx create --name release --use
for image in "${IMAGES[@]}"; do
    docker buildx build --file Dockerfile \
        --build-arg "SERVICE=$image" --build-arg "VERSION=${GITHUB_REF_NAME#v}" --build-arg "REVISION=$GITHUB_SHA" \
        --label "org.opencontainers.image.source=https://github.com/$GITHUB_REPOSITORY" \
        --provenance mode=max \
        --output "type=image,name=$registry/$image,push-by-digest=true,name-canonical=true,push=true" \
        --metadata-file metadata.json .
    jq --exit-status --raw-output '."containerimage.digest"' metadata.json >"$out/$image"
done
