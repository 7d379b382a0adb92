#!/usr/bin/env bash
# The journeys of tests/ against the shop of `tilt up`, through its forwarded ports.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/prepare.sh
. scripts/prepare.sh
prepare_rust

secret() { kubectl --namespace estore get secret "$1" --output "jsonpath={.data.$2}" | base64 --decode; }

ADMIN_PASSWORD=$(secret estore-bootstrap admin-password)
export ADMIN_PASSWORD ADMIN_EMAIL=admin@example.com ESTORE_SHOP=cluster MAIL_URL=http://localhost:8025 \
    PAYMENT_URL=http://localhost:8000 INVENTORY_URL=http://localhost:8001 USER_URL=http://localhost:8002 \
    VERIFICATION_URL=http://localhost:8003 STOREFRONT_URL=http://localhost:8080
exec cargo test --locked --workspace --test shop -- journeys::
