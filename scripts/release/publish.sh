#!/usr/bin/env bash
# publish.sh DIGESTS OUT: joins the images of all architectures (DIGESTS/*/<image>) under the
# version's tag, signs them, and attests their contents. Publishes the chart with their names in it.
# OUT gets the files of the release: the contents, and kubernetes.yaml with its signature.
set -euo pipefail
cd "$(dirname "$0")/../.."
digests=$1 out=$2
version=${GITHUB_REF_NAME#v}
registry=ghcr.io/${GITHUB_REPOSITORY,,}
# shellcheck source=scripts/images.sh
. scripts/images.sh

mkdir -p "$out"
for image in "${IMAGES[@]}"; do
    name=$registry/$image
    parts=()
    for part in "$digests"/*/"$image"; do parts+=("$name@$(cat "$part")"); done
    docker buildx imagetools create --tag "$name:$version" "${parts[@]}"
    digest=$(docker buildx imagetools inspect "$name:$version" --format '{{json .Manifest}}' | jq --exit-status --raw-output .digest)
    # The list, and the images in it.
    cosign sign --yes --recursive "$name@$digest"
    for architecture in amd64 arm64; do
        list=$out/$image-$architecture.cdx.json
        part=$(docker buildx imagetools inspect "$name:$version" --raw |
            jq --exit-status --raw-output --arg architecture "$architecture" \
                '.manifests[] | select(.platform.architecture == $architecture) | .digest')
        syft "registry:$name@$part" --output "cyclonedx-json=$list"
        cosign attest --yes --type cyclonedx --predicate "$list" "$name@$part"
    done
done

# The chart of a release uses the images of that release. `./dev check` tries these three scripts.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bash scripts/release/chart.sh "$work" "$version" ghcr.io "$GITHUB_REPOSITORY"
digest=$(bash scripts/release/push.sh "$work/estore-$version.tgz" "$registry")
cosign sign --yes "$registry/charts/estore@$digest"
bash scripts/release/kubernetes.sh "$work/estore-$version.tgz" "$out/kubernetes.yaml"
cosign sign-blob --yes --bundle "$out/kubernetes.yaml.sigstore.json" "$out/kubernetes.yaml"
