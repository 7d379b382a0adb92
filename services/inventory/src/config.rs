//! The service's own settings.

use estore_base::config::{Setting, Settings};
use estore_client::USER_SERVICE_URL;
use estore_stores::redis;

pub(crate) const HOLD_SECONDS: Setting = Setting::seconds(
    "HOLD_SECONDS",
    "Time for which stock is held for an order; Payment must have the same.",
)
.default("120");
pub(crate) const SWEEP_SECONDS: Setting =
    Setting::seconds("SWEEP_SECONDS", "Time between two sweeps for overdue holds; may have a fraction.")
        .default("5");
pub(crate) const ANONYMOUS_BROWSE: Setting =
    Setting::switch("ANONYMOUS_BROWSE", "Whether the catalogue needs no token.");
pub(crate) const PRODUCT_CACHE_BYTES: Setting = Setting::number(
    "PRODUCT_CACHE_BYTES",
    "Size of ready JSON of products that each replica keeps in memory.",
)
.default("16777216");
pub(crate) const UPLOADED_IMAGE_BYTES: Setting = Setting::number(
    "UPLOADED_IMAGE_BYTES",
    "Size of all uploaded images that Redis keeps; the service answers one more with 413.",
)
.default("67108864");

/// The settings of this service beyond those that every service has.
pub const SETTINGS: Settings = Settings {
    title: "Inventory",
    lists: &[
        &[USER_SERVICE_URL],
        redis::SETTINGS,
        &[
            redis::REDIS_DB,
            HOLD_SECONDS,
            SWEEP_SECONDS,
            ANONYMOUS_BROWSE,
            PRODUCT_CACHE_BYTES,
            UPLOADED_IMAGE_BYTES,
        ],
    ],
};
