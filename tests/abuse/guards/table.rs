//! Who may call which route: every route of every service, written out.

use estore_stage::ServiceName::{self, Inventory, Payment, User, Verification};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// Anybody.
    Open,
    /// Whoever has a good access token.
    Caller,
    /// Whoever has one, for what is theirs: a thing of others is not there, for admins neither.
    Own(Thing),
    /// The same, but admins may with everybody's.
    OwnOrAdmin(Thing),
    /// Whoever has an access token and a verified address.
    Verified,
    /// Admins.
    Admin,
    /// On the internal listener alone: these services.
    Peers(&'static [&'static str]),
}

/// What a path's `{id}` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Card,
    Order,
    Session,
}

use Guard::{Admin, Caller, Open, Own, OwnOrAdmin, Peers, Verified};
use Thing::{Card, Order, Session};

const BOOTSTRAP: Guard = Peers(&["bootstrap"]);
const PAYMENT: Guard = Peers(&["payment"]);
const USER: Guard = Peers(&["user"]);
const VERIFICATION: Guard = Peers(&["verification"]);

/// What every service has.
pub(super) const COMMON: &[(&str, Guard)] =
    &[("GET /docs", Open), ("GET /health", Open), ("GET /openapi.json", Open), ("GET /ready", Open)];

/// What each has of its own; internal routes after the public ones.
pub(super) const TABLE: &[(ServiceName, &[(&str, Guard)])] = &[
    (
        User,
        &[
            ("POST /login", Open),
            ("POST /logout", Caller),
            ("DELETE /me", Caller),
            ("GET /me", Caller),
            ("PATCH /me", Caller),
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
            ("GET /templates", Admin),
            ("GET /templates/{name}", Admin),
            ("PUT /templates/{name}", Admin),
            ("POST /templates/{name}/preview", Admin),
            ("GET /verifications", Admin),
            ("GET /verifications/{id}", Admin),
            ("GET /verify", Open),
            ("POST /verify", Open),
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
            ("GET /images/{name}", Open),
            ("GET /products", Caller),
            ("POST /products", Admin),
            ("GET /products/{sku}", Caller),
            ("PUT /products/{sku}", Admin),
            ("DELETE /products/{sku}", Admin),
            ("PATCH /products/{sku}", Admin),
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
            ("GET /internal/reservations/{order_id}", PAYMENT),
            ("POST /internal/reservations/{order_id}/confirm", PAYMENT),
            ("POST /internal/reservations/{order_id}/release", PAYMENT),
            ("POST /internal/reservations/{order_id}/return", PAYMENT),
        ],
    ),
    (
        Payment,
        &[
            ("GET /orders", Caller),
            ("POST /orders", Verified),
            ("GET /orders/{id}", OwnOrAdmin(Order)),
            ("POST /orders/{id}/cancel", OwnOrAdmin(Order)),
            ("GET /orders/{id}/refunds", OwnOrAdmin(Order)),
            ("POST /orders/{id}/refunds", Admin),
            ("GET /payment-methods", Caller),
            ("POST /payment-methods", Caller),
            ("GET /payment-methods/{id}", Own(Card)),
            ("DELETE /payment-methods/{id}", Own(Card)),
            ("GET /transactions", Caller),
            ("POST /internal/after-restore", BOOTSTRAP),
            ("POST /internal/archivable", BOOTSTRAP),
            ("POST /internal/archive", BOOTSTRAP),
            ("POST /internal/cards/reseal", BOOTSTRAP),
            ("DELETE /internal/users/{id}", USER),
            ("GET /internal/users/{id}/export", USER),
        ],
    ),
];

/// The guards of a service's routes, by method and path.
pub(super) fn of(service: ServiceName) -> impl Iterator<Item = (&'static str, Guard)> {
    let own = TABLE.iter().filter(move |(name, _)| *name == service).flat_map(|(_, rows)| *rows);
    COMMON.iter().chain(own).copied()
}
