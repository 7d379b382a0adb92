//! Asks the User Service for the owner of a token, and caches the answer for a few seconds.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use estore_base::clock::Clock;
use estore_client::{PeerClient, PeerError};
use estore_contract::{
    Sensitive,
    introspection::{IntrospectRequest, Introspection, Principal},
};
use estore_telemetry::{
    Platform,
    metrics::{Definition, Error, IntCounter, Label, Section},
};
use http::Method;
use moka::future::Cache;
use sha2::{Digest, Sha256};

use super::{AuthUnavailable, Authenticator};

/// The lifetime of a cached answer. Logouts and admins' changes take effect within this time.
const MEMORY: Duration = Duration::from_secs(5);

/// The maximum number of cached answers; each takes a few hundred bytes.
const CAPACITY: u64 = 50_000;

const CACHE: Label = Label::from("cache", "introspection");
const REQUESTS: Definition = Definition::counter(
    "estore_cache_requests_total",
    "Lookups in a cache: it had the answer (hit), or the answer had to be requested (miss)",
    &[Label::each("cache", &["introspection"]), Label::each("result", &["hit", "miss"])],
);
const ENTRIES: Definition = Definition::gauge("estore_cache_entries", "Entries of a cache", &[CACHE]);

/// The metrics of the cache.
pub const METRICS: Section =
    Section { title: "Verification, Inventory and Payment: introspection", metrics: &[REQUESTS, ENTRIES] };

/// The authenticator of every service except the User Service.
#[derive(Clone)]
pub struct Introspector {
    user: PeerClient,
    clock: Arc<dyn Clock>,
    /// Keyed by the SHA-256 of the token, so that a dump of the cache's memory holds no token.
    answers: Cache<[u8; 32], Principal>,
    hits: IntCounter,
    misses: IntCounter,
}

/// The reason for which an answer is not cached.
#[derive(Debug, thiserror::Error)]
enum NotKept {
    #[error("the token may not be used")]
    Inactive,
    #[error("the address is not verified yet, which may change at any moment")]
    Unverified(Box<Principal>),
    #[error(transparent)]
    Unknown(PeerError),
}

impl Introspector {
    /// Creates an introspector that asks `user`, the User Service.
    pub fn new(user: PeerClient, platform: &Platform) -> Result<Self, Error> {
        let answers = Cache::builder().max_capacity(CAPACITY).time_to_live(MEMORY).build();
        let requests = REQUESTS.counters(&platform.metrics)?;
        let entries = ENTRIES.gauges(&platform.metrics)?.with_label_values(&["introspection"]);
        let counted = answers.clone();
        platform.metrics.look(move || entries.set(i64::try_from(counted.entry_count()).unwrap_or(i64::MAX)));
        Ok(Self {
            user,
            clock: platform.clock.clone(),
            answers,
            hits: requests.with_label_values(&["introspection", "hit"]),
            misses: requests.with_label_values(&["introspection", "miss"]),
        })
    }

    async fn ask(&self, token: &Sensitive) -> Result<Principal, NotKept> {
        let request = IntrospectRequest { token: token.clone() };
        let answer: Introspection = self
            .user
            .call(Method::POST, "/internal/introspect", Some(&request))
            .await
            .map_err(NotKept::Unknown)?;
        match answer.principal {
            Some(principal) if answer.active && principal.email_verified => Ok(principal),
            Some(principal) if answer.active => Err(NotKept::Unverified(Box::new(principal))),
            _ => Err(NotKept::Inactive),
        }
    }
}

#[async_trait]
impl Authenticator for Introspector {
    async fn authenticate(&self, token: &Sensitive) -> Result<Option<Principal>, AuthUnavailable> {
        let key: [u8; 32] = Sha256::digest(token.expose()).into();
        // A cached answer costs one look-up. A miss makes one call for each token, however many
        // requests wait.
        let answer = if let Some(principal) = self.answers.get(&key).await {
            self.hits.inc();
            Ok(principal)
        } else {
            self.misses.inc();
            self.answers.try_get_with(key, self.ask(token)).await
        };
        match answer {
            Ok(principal) if principal.expires_at > self.clock.now() => Ok(Some(principal)),
            Ok(_expired) => Ok(None),
            Err(error) => match &*error {
                NotKept::Inactive => Ok(None),
                NotKept::Unverified(principal) => Ok(Some(principal.as_ref().clone())),
                NotKept::Unknown(_) => Err(AuthUnavailable(error)),
            },
        }
    }
}
