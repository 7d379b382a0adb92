#!/usr/bin/env bash
# push.sh CHART REGISTRY [--plain-http]: pushes a packed chart as REGISTRY/charts/estore, and beside
# it what Artifact Hub should know. Prints the chart's digest.
set -euo pipefail
cd "$(dirname "$0")/../.."
chart=$1 registry=$2
more=("${@:3}")

helm push "$chart" "oci://$registry/charts" "${more[@]}" 2>&1 | tee /dev/stderr | sed -n 's/^Digest: //p'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp artifacthub-repo.yml "$work"
if [ -n "${ARTIFACTHUB_REPOSITORY_ID:-}" ]; then
    printf 'repositoryID: %s\n' "$ARTIFACTHUB_REPOSITORY_ID" >>"$work/artifacthub-repo.yml"
fi
# The types that Artifact Hub looks for.
(cd "$work" && oras push "$registry/charts/estore:artifacthub.io" "${more[@]}" --no-tty \
    --config /dev/null:application/vnd.cncf.artifacthub.config.v1+yaml \
    artifacthub-repo.yml:application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml) >&2
