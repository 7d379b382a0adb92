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
helm install estore oci://ghcr.io/$repository/charts/estore --version $version --namespace estore --create-namespace --wait --wait-for-jobs --set mail.enabled=true,storefront.demo=true
\`\`\`

Or try the demo, with load, faults on demand and a proof that nothing was lost. The file's first
lines say how to reach it:

\`\`\`sh
kubectl apply -f https://github.com/$GITHUB_REPOSITORY/releases/download/$1/kubernetes.yaml
\`\`\`

This repository's release workflow signs the images, the chart and \`kubernetes.yaml\`:

\`\`\`sh
cosign verify ghcr.io/$repository/payment:$version \\
    --certificate-oidc-issuer https://token.actions.githubusercontent.com \\
    --certificate-identity https://github.com/$GITHUB_REPOSITORY/.github/workflows/release.yaml@refs/tags/$1
cosign verify-blob kubernetes.yaml --bundle kubernetes.yaml.sigstore.json \\
    --certificate-oidc-issuer https://token.actions.githubusercontent.com \\
    --certificate-identity https://github.com/$GITHUB_REPOSITORY/.github/workflows/release.yaml@refs/tags/$1
\`\`\`
TEXT
