#!/usr/bin/env bash
# publish.sh DIGESTS SBOM: joins the images of all architectures (DIGESTS/*/<image>) under the
# version's tag, signs them, and attests their contents (saved in SBOM). Publishes the chart with
# their names in it.
set -euo pipefail
cd "$(dirname "$0")/../.."
digests=$1 sbom=$2
version=${GITHUB_REF_NAME#v}
registry=ghcr.io/${GITHUB_REPOSITORY,,}
# shellcheck source=scripts/images.sh
. scripts/images.sh

mkdir -p "$sbom"
for image in "${IMAGES[@]}"; do
    name=$registry/$image
    parts=()
    for part in "$digests"/*/"$image"; do parts+=("$name@$(cat "$part")"); done
    docker buildx imagetools create --tag "$name:$version" "${parts[@]}"
    digest=$(docker buildx imagetools inspect "$name:$version" --format '{{json .Manifest}}' | jq --exit-status --raw-output .digest)
    # The list, and the images in it.
    cosign sign --yes --recursive "$name@$digest"
    for architecture in amd64 arm64; do
        list=$sbom/$image-$architecture.cdx.json
        part=$(docker buildx imagetools inspect "$name:$version" --raw |
            jq --exit-status --raw-output --arg architecture "$architecture" \
                '.manifests[] | select(.platform.architecture == $architecture) | .digest')
        syft "registry:$name@$part" --output "cyclonedx-json=$list"
        cosign attest --yes --type cyclonedx --predicate "$list" "$name@$part"
    done
done

# The chart of a release uses the images of that release.
repository=${GITHUB_REPOSITORY,,} yq --inplace '.image.registry = "ghcr.io" | .image.repository = strenv(repository)' charts/estore/values.yaml
helm package charts/estore --version "$version" --app-version "$version"
digest=$(helm push "estore-$version.tgz" "oci://$registry/charts" 2>&1 | tee /dev/stderr | sed -n 's/^Digest: //p')
cosign sign --yes "$registry/charts/estore@$digest"
