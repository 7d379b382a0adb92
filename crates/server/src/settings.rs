//! The settings that every service reads.

use estore_base::{
    config::{Setting, Settings},
    fail::FAIL_POINT,
    identity,
    reloadable::TLS_RELOAD_SECONDS,
    trusted_proxies::TRUSTED_PROXIES,
};
use estore_telemetry::metrics::METRICS;

use crate::{http, limit};

pub(crate) const SERVICE_PORT: Setting =
    Setting::number("SERVICE_PORT", "Port of the public listener.").example("8000");
pub(crate) const MANAGEMENT_PORT: Setting = Setting::number("MANAGEMENT_PORT", "Port of health and metrics.")
    .computed("`SERVICE_PORT` + 100; of bootstrap 8104")
    .example("8100");
pub(crate) const INTERNAL_PORT: Setting = Setting::number("INTERNAL_PORT", "Port for other services.")
    .computed("`SERVICE_PORT` + 200")
    .example("8200");
pub(crate) const LISTEN_ADDRESS: Setting =
    Setting::text("LISTEN_ADDRESS", "Address of this machine on which the program listens.").default("::");
pub(crate) const DRAIN_SECONDS: Setting = Setting::seconds(
    "DRAIN_SECONDS",
    "Time for which the program goes on serving after SIGTERM, while it asks clients to connect elsewhere.",
)
.default("0")
.example("5");
pub(crate) const MAX_CONNECTION_SECONDS: Setting = Setting::seconds(
    "MAX_CONNECTION_SECONDS",
    "Maximum age of a connection, plus or minus a fifth, so that clients find new replicas.",
)
.default("60");

/// The settings that every service has.
pub const COMMON: [Settings; 2] = [
    Settings {
        title: "Every service",
        lists: &[
            &[SERVICE_PORT, MANAGEMENT_PORT, INTERNAL_PORT, DRAIN_SECONDS],
            identity::SETTINGS,
            &[TLS_RELOAD_SECONDS, MAX_CONNECTION_SECONDS],
            http::BOUNDS,
            &[TRUSTED_PROXIES, http::CORS_ALLOWED_ORIGINS],
            estore_telemetry::SETTINGS,
            &[METRICS, FAIL_POINT],
        ],
    },
    Settings { title: "Every service: rate limits", lists: &[&limit::SETTINGS] },
];

/// The settings that [`work`](crate::work) reads, beside those of logs and traces.
pub const WORK: &[Setting] =
    &[MANAGEMENT_PORT, DRAIN_SECONDS, TLS_RELOAD_SECONDS, MAX_CONNECTION_SECONDS, METRICS, FAIL_POINT];
/// The settings that [`front`](crate::front) reads, beside those of logs and traces.
pub const FRONT: [&[Setting]; 2] = [
    &[
        SERVICE_PORT,
        MANAGEMENT_PORT,
        DRAIN_SECONDS,
        MAX_CONNECTION_SECONDS,
        TRUSTED_PROXIES,
        METRICS,
        FAIL_POINT,
    ],
    http::BOUNDS,
];
/// The settings that an [`Api`](crate::Api) reads, beside those of logs and traces.
pub const API: [&[Setting]; 2] = [
    &[
        SERVICE_PORT,
        MANAGEMENT_PORT,
        LISTEN_ADDRESS,
        DRAIN_SECONDS,
        MAX_CONNECTION_SECONDS,
        TRUSTED_PROXIES,
        METRICS,
        FAIL_POINT,
    ],
    http::BOUNDS,
];
/// The settings of logs and traces.
pub const TELEMETRY: &[Setting] = estore_telemetry::SETTINGS;
