#!/usr/bin/env bash
# version.sh v1.2.3: fails unless the workspace, the chart and the changelog have 1.2.3 too.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=${1#v}

says() { # PLACE VERSION
    if [ "$2" != "$version" ]; then
        printf 'The tag says %s, and %s says %s.\n' "$version" "$1" "${2:-nothing}" >&2
        exit 1
    fi
}

says Cargo.toml "$(sed -n '/^\[workspace.package\]/,/^\[/ s/^version = "\(.*\)"/\1/p' Cargo.toml)"
says "Chart.yaml's version" "$(sed -n 's/^version: //p' charts/estore/Chart.yaml)"
says "Chart.yaml's appVersion" "$(sed -n 's/^appVersion: //p' charts/estore/Chart.yaml | tr -d '"')"
# `## 1.2.3`, `## [1.2.3]`, and any text after it.
says CHANGELOG.md "$(awk -v version="$version" '/^## / && ($2 == version || $2 == "[" version "]") { print version }' CHANGELOG.md)"
