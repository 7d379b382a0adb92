//! The limits on the concurrent work of each listener.

use std::sync::Arc;

use estore_base::{
    config::{ConfigError, Env, Setting},
    process,
    trusted_proxies::TrustedProxies,
};

use super::{Bound, ConnectionLimit};

/// File descriptors reserved for the other listeners' connections, the stores and the peers.
const OTHER_FILES: usize = 2048;

const MAX_CONNECTIONS: Setting = Setting::number(
    "MAX_CONNECTIONS",
    "Maximum number of connections to the public port; the service closes one more.",
)
.default("4096")
.at_least(1);
const MAX_CONNECTIONS_PER_ADDRESS: Setting = Setting::number(
    "MAX_CONNECTIONS_PER_ADDRESS",
    "Maximum number of these connections from one address or IPv6 /64.",
)
.default("512")
.at_least(1);
const MAX_REQUESTS: Setting = Setting::number(
    "MAX_REQUESTS",
    "Maximum number of requests in progress at the public port; the service answers one more with 503, \
     unless it is for `/health` or `/ready`.",
)
.default("256")
.at_least(1);
const MAX_REQUESTS_PER_ADDRESS: Setting = Setting::number(
    "MAX_REQUESTS_PER_ADDRESS",
    "Maximum number of these requests from one address or IPv6 /64.",
)
.default("128")
.at_least(1);

/// The settings of the public listener's limits.
pub(crate) const BOUNDS: &[Setting] =
    &[MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS, MAX_REQUESTS, MAX_REQUESTS_PER_ADDRESS];

/// The limits on connections and on requests in progress.
pub(crate) struct Bounds {
    pub(crate) connections: Arc<ConnectionLimit>,
    pub(crate) requests: Arc<ConnectionLimit>,
}

impl Bounds {
    /// Returns the limits of the public listener: `MAX_CONNECTIONS` (4096) and `MAX_REQUESTS`
    /// (256). Each address may use `MAX_CONNECTIONS_PER_ADDRESS` (512) and
    /// `MAX_REQUESTS_PER_ADDRESS` (128) of these, except those of `TRUSTED_PROXIES`. Bodies are
    /// held in memory while they are read, each 256 KiB at most. 256 of them take 64 MiB, half of a
    /// pod's memory.
    pub(crate) fn public(env: &Env) -> Result<Self, ConfigError> {
        let connections = Bound {
            all: env.get::<usize>(&MAX_CONNECTIONS)?.min(most_connections()),
            each: env.get(&MAX_CONNECTIONS_PER_ADDRESS)?,
        };
        let requests = Bound { all: env.get(&MAX_REQUESTS)?, each: env.get(&MAX_REQUESTS_PER_ADDRESS)? };
        let trusted = TrustedProxies::from_env(env)?;
        Ok(Self {
            connections: ConnectionLimit::new(connections, trusted.clone()),
            requests: ConnectionLimit::new(requests, trusted),
        })
    }

    /// Returns the limits of the internal listener. Peers keep few connections, and pace their own
    /// calls.
    pub(crate) fn internal() -> Self {
        Self::fixed(Bound { all: 1024, each: 256 }, Bound { all: 1024, each: 1024 })
    }

    /// Returns the limits of the management listener. They keep a runaway scraper from shutting out
    /// the probes.
    pub(crate) fn management() -> Self {
        Self::fixed(Bound { all: 256, each: 64 }, Bound { all: 64, each: 64 })
    }

    fn fixed(connections: Bound, requests: Bound) -> Self {
        Self {
            connections: ConnectionLimit::new(connections, TrustedProxies::default()),
            requests: ConnectionLimit::new(requests, TrustedProxies::default()),
        }
    }
}

/// Limits connections to the available file descriptors: a connection beyond these would take one
/// from the stores.
fn most_connections() -> usize {
    let most = process::files().saturating_sub(OTHER_FILES).max(64);
    if most < 4096 {
        tracing::warn!(most, "open-file limit is low; accepting fewer connections");
    }
    most
}
