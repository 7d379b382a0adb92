#!/usr/bin/env bash
# notes.sh v1.2.3: prints the section 1.2.3 of CHANGELOG.md, and the commands to get it.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=${1#v}
repository=${GITHUB_REPOSITORY,,}

awk -v version="$version" '
    /^## / { on = ($2 == version || $2 == "[" version "]"); next }
    on { print }
' CHANGELOG.md

cat <<TEXT
### Install

\`\`\`sh
helm install estore oci://ghcr.io/$repository/charts/estore --version $version --namespace estore --create-namespace --wait --wait-for-jobs
\`\`\`

Images and chart are signed by this repository's release workflow:

\`\`\`sh
cosign verify ghcr.io/$repository/payment:$version \\
    --certificate-oidc-issuer https://token.actions.githubusercontent.com \\
    --certificate-identity https://github.com/$GITHUB_REPOSITORY/.github/workflows/release.yaml@refs/tags/$1
\`\`\`
TEXT
