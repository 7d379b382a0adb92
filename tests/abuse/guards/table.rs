//! The callers that each route of each service admits, in full.

use estore_testbed::ServiceName::{self, Inventory, Payment, User, Verification};

/// The callers that a route admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// Any caller.
    Open,
    /// Any caller with a valid access token.
    Caller,
    /// Any caller with a valid access token, for their own items. Items of others do not exist for
    /// them, not even for admins.
    Own(Thing),
    /// Like `Own`, but admins may access the items of every customer.
    OwnOrAdmin(Thing),
    /// Any caller with a valid access token and a verified email address.
    Verified,
    Admin,
    /// These services, on the internal listener alone.
    Peers(&'static [&'static str]),
}

/// The kind of item that the `{id}` of a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Address,
    Card,
    Order,
    Session,
}

use Guard::{Admin, Caller, Open, Own, OwnOrAdmin, Peers, Verified};
use Thing::{Address, Card, Order, Session};

const BOOTSTRAP: Guard = Peers(&["bootstrap"]);
const CHAOS: Guard = Peers(&["chaos"]);
const PAYMENT: Guard = Peers(&["payment"]);
const USER: Guard = Peers(&["user"]);
const VERIFICATION: Guard = Peers(&["verification"]);

/// The routes of every service.
pub(super) const COMMON: &[(&str, Guard)] = &[
    ("GET /", Open),
    ("GET /docs", Open),
    ("GET /health", Open),
    ("GET /openapi.json", Open),
    ("GET /ready", Open),
];

/// The further routes of each service, internal routes last.
pub(super) const TABLE: &[(ServiceName, &[(&str, Guard)])] = &[
    (
        User,
        &[
            ("POST /login", Open),
            ("POST /logout", Caller),
            ("DELETE /me", Caller),
            ("GET /me", Caller),
            ("PATCH /me", Caller),
            ("GET /me/addresses", Caller),
            ("POST /me/addresses", Caller),
            // Without a body it is refused before the entry is looked up.
            ("PUT /me/addresses/{id}", Caller),
            ("DELETE /me/addresses/{id}", Own(Address)),
            ("PUT /me/email", Caller),
            ("GET /me/export", Caller),
            ("PUT /me/password", Caller),
            ("GET /me/sessions", Caller),
            ("DELETE /me/sessions/{id}", Own(Session)),
            ("POST /password/forgot", Open),
            ("POST /password/reset", Open),
            ("POST /register", Open),
            ("POST /token/refresh", Open),
            ("GET /users", Admin),
            ("GET /users/{id}", Admin),
            ("PATCH /users/{id}", Admin),
            ("POST /verify-email", Open),
            ("POST /verify-email/resend", Open),
            ("PUT /internal/admin", BOOTSTRAP),
            ("GET /internal/epoch", Peers(&["inventory", "payment", "bootstrap"])),
            ("POST /internal/introspect", Peers(&["verification", "inventory", "payment"])),
            ("POST /internal/users/{id}/email-verified", VERIFICATION),
            ("GET /internal/users/{id}/links/{mail}", VERIFICATION),
            ("POST /internal/contacts", VERIFICATION),
        ],
    ),
    (
        Verification,
        &[
            // An order of somebody else has no emails.
            ("GET /orders/{id}/emails", Caller),
            ("GET /templates", Admin),
            ("GET /templates/{name}", Admin),
            ("PUT /templates/{name}", Admin),
            ("POST /templates/{name}/preview", Admin),
            ("POST /templates/{name}/test", Admin),
            ("GET /verifications", Admin),
            ("GET /verifications/{id}", Admin),
            ("GET /verify", Open),
            ("POST /verify", Open),
            ("POST /verify/preview", Open),
            ("POST /internal/verifications", Peers(&["user", "payment"])),
            ("POST /internal/verifications/batch", Peers(&["user", "payment"])),
            ("POST /internal/verifications/redeem", USER),
            ("DELETE /internal/users/{id}", USER),
            ("GET /internal/users/{id}/export", USER),
        ],
    ),
    (
        Inventory,
        &[
            ("GET /categories", Caller),
            ("PUT /categories/{slug}", Admin),
            ("DELETE /categories/{slug}", Admin),
            ("GET /facets", Caller),
            ("POST /images", Admin),
            ("GET /images/{name}", Open),
            ("GET /products", Caller),
            ("POST /products", Admin),
            ("GET /products/{sku}", Caller),
            ("PUT /products/{sku}", Admin),
            ("DELETE /products/{sku}", Admin),
            ("PATCH /products/{sku}", Admin),
            ("GET /products/{sku}/price-history", Admin),
            ("GET /products/{sku}/stock", Admin),
            ("POST /products/{sku}/stock/adjustments", Admin),
            ("GET /tags", Caller),
            ("PUT /internal/catalog", BOOTSTRAP),
            ("DELETE /internal/catalog/categories/{slug}", BOOTSTRAP),
            ("DELETE /internal/catalog/products/{sku}", BOOTSTRAP),
            ("POST /internal/forget-reservations", BOOTSTRAP),
            ("POST /internal/quotes", PAYMENT),
            ("POST /internal/reservation-records", BOOTSTRAP),
            ("GET /internal/reservations", PAYMENT),
            ("POST /internal/reservations", PAYMENT),
            ("POST /internal/reservations/batch", PAYMENT),
            ("GET /internal/reservations/{order_id}", PAYMENT),
            ("POST /internal/reservations/{order_id}/confirm", PAYMENT),
            ("POST /internal/reservations/{order_id}/release", PAYMENT),
            ("POST /internal/reservations/{order_id}/return", PAYMENT),
        ],
    ),
    (
        Payment,
        &[
            ("GET /activity", Open),
            ("GET /orders", Caller),
            ("POST /orders", Verified),
            ("GET /orders/{id}", OwnOrAdmin(Order)),
            ("POST /orders/{id}/cancel", OwnOrAdmin(Order)),
            ("GET /orders/{id}/events", OwnOrAdmin(Order)),
            ("GET /orders/{id}/refunds", OwnOrAdmin(Order)),
            ("POST /orders/{id}/refunds", Admin),
            ("GET /payment-methods", Caller),
            ("POST /payment-methods", Caller),
            ("GET /payment-methods/{id}", Own(Card)),
            ("DELETE /payment-methods/{id}", Own(Card)),
            ("GET /refunds/failed", Admin),
            ("GET /reports/sales", Admin),
            ("GET /transactions", Caller),
            ("POST /internal/after-restore", BOOTSTRAP),
            ("POST /internal/archivable", BOOTSTRAP),
            ("POST /internal/archive", BOOTSTRAP),
            ("POST /internal/cards/reseal", BOOTSTRAP),
            ("PUT /internal/faults", CHAOS),
            ("DELETE /internal/users/{id}", USER),
            ("GET /internal/users/{id}/export", USER),
        ],
    ),
];

/// Returns the guards of a service's routes, by method and path.
pub(super) fn of(service: ServiceName) -> impl Iterator<Item = (&'static str, Guard)> {
    let own = TABLE.iter().filter(move |(name, _)| *name == service).flat_map(|(_, rows)| *rows);
    COMMON.iter().chain(own).copied()
}
