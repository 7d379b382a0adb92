//! How much each listener takes on at once.

use std::sync::Arc;

use super::{Bound, Slots, TrustedProxies};
use crate::{
    config::{ConfigError, Env},
    process,
};

/// Files that connections of the public listener leave alone: the other listeners' connections, the stores', the peers'.
const OTHER_FILES: usize = 2048;

/// Room for connections, and for requests that are worked on.
pub(crate) struct Bounds {
    pub(crate) connections: Arc<Slots>,
    pub(crate) requests: Arc<Slots>,
}

impl Bounds {
    /// Of the public listener: `MAX_CONNECTIONS` (4096) and `MAX_REQUESTS` (256), and of these for each address
    /// `MAX_CONNECTIONS_PER_ADDRESS` (512) and `MAX_REQUESTS_PER_ADDRESS` (128), other than those of `TRUSTED_PROXIES`.
    /// Bodies are kept while they are read, each 256 KiB at most: 256 of them are 64 MiB, half of what a pod has.
    pub(crate) fn public(env: &Env) -> Result<Self, ConfigError> {
        let count = |name, default: usize, example| match env.or(name, default, example)? {
            0 => Err(ConfigError::new(name, "must be 1 at least", example)),
            count => Ok(count),
        };
        let connections = Bound {
            all: count("MAX_CONNECTIONS", 4096, "4096")?.min(most_connections()),
            each: count("MAX_CONNECTIONS_PER_ADDRESS", 512, "512")?,
        };
        let requests = Bound {
            all: count("MAX_REQUESTS", 256, "256")?,
            each: count("MAX_REQUESTS_PER_ADDRESS", 128, "128")?,
        };
        let trusted = TrustedProxies::from_env(env)?;
        Ok(Self {
            connections: Slots::new(connections, trusted.clone()),
            requests: Slots::new(requests, trusted),
        })
    }

    /// Of the internal listener. Peers keep few connections, and wait for each other by themselves.
    pub(crate) fn internal() -> Self {
        Self::fixed(Bound { all: 1024, each: 256 }, Bound { all: 1024, each: 1024 })
    }

    /// Of the management listener: a scraper that has gone mad does not shut out the probes.
    pub(crate) fn management() -> Self {
        Self::fixed(Bound { all: 256, each: 64 }, Bound { all: 64, each: 64 })
    }

    fn fixed(connections: Bound, requests: Bound) -> Self {
        Self {
            connections: Slots::new(connections, TrustedProxies::default()),
            requests: Slots::new(requests, TrustedProxies::default()),
        }
    }
}

/// As many as there are files for: a connection that finds none would take one from the stores.
fn most_connections() -> usize {
    let most = process::files().saturating_sub(OTHER_FILES).max(64);
    if most < 4096 {
        tracing::warn!(most, "so few connections are taken, as this process may open no more files");
    }
    most
}
