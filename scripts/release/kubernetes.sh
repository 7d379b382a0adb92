#!/usr/bin/env bash
# kubernetes.sh CHART OUT [NAMESPACE]: renders a chart, with the values of the demo, into the one file
# OUT for `kubectl apply -f`.
set -euo pipefail
cd "$(dirname "$0")/../.."
chart=$1 out=$2 namespace=${3:-estore}
# shellcheck source=scripts/prepare.sh
. scripts/prepare.sh
# shellcheck source=scripts/check.sh
. scripts/check.sh
# shellcheck source=scripts/chart.sh
. scripts/chart.sh

python=$(python_with yaml "pyyaml==$PYYAML")
# For the oldest Kubernetes that the chart supports. The images are those that the chart names.
helm template estore "$chart" --namespace "$namespace" --skip-tests --kube-version 1.30.0 \
    --values k8s/values/demo.yaml --set-string image.tag= |
    "$python/python" scripts/release/kubernetes.py "$namespace" >"$out"
