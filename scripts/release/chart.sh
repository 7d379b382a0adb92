#!/usr/bin/env bash
# chart.sh OUT VERSION REGISTRY REPOSITORY: packs the chart of a release as OUT/estore-VERSION.tgz.
# It uses the images REGISTRY/REPOSITORY/<image>:VERSION, and names the repository as its home.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1 version=$2 registry=$3 repository=$4
# shellcheck source=scripts/prepare.sh
. scripts/prepare.sh
# shellcheck source=scripts/check.sh
. scripts/check.sh
# shellcheck source=scripts/chart.sh
. scripts/chart.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r charts/estore "$work/estore"
python=$(python_with yaml "pyyaml==$PYYAML")
"$python/python" scripts/chart/metadata.py release "$work/estore" "$registry" "$repository" "$version"
# The README lists the values as they are now.
"$python/python" scripts/chart/generate.py "$work/estore" "$work/estore"
"$python/python" scripts/chart/metadata.py readme "$work/estore" "$registry" "$repository" "$version"
mkdir -p "$out"
helm package "$work/estore" --destination "$out" >&2
