//! Asks the User Service who is behind a token, and remembers the answer for a moment.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use estore_contract::{
    Sensitive,
    introspection::{IntrospectRequest, Introspection, Principal},
};
use http::Method;
use moka::future::Cache;
use sha2::{Digest, Sha256};

use super::{AuthUnavailable, Authenticator};
use crate::{
    Platform,
    clock::Clock,
    metrics::{Definition, Error, IntCounter, Label, Section},
    peer::{PeerClient, PeerError},
};

/// How long an answer may be used: what an admin or a logout does takes hold within this time.
const MEMORY: Duration = Duration::from_secs(5);

/// How many answers are kept; each is a few hundred bytes.
const CAPACITY: u64 = 50_000;

const CACHE: Label = Label::from("cache", "introspection");
const REQUESTS: Definition = Definition::counter(
    "estore_cache_requests_total",
    "Questions to a cache: whether it knew the answer (hit), or somebody else had to be asked (miss)",
    &[Label::each("cache", &["introspection"]), Label::each("result", &["hit", "miss"])],
);
const ENTRIES: Definition = Definition::gauge("estore_cache_entries", "Answers that a cache has", &[CACHE]);

/// What is measured of it.
pub const METRICS: Section = Section {
    title: "Verification, Inventory and Payment: who calls, as the User Service said",
    metrics: &[REQUESTS, ENTRIES],
};

/// The authenticator of every service but the User Service.
#[derive(Clone)]
pub struct Introspector {
    user: PeerClient,
    clock: Arc<dyn Clock>,
    /// By the SHA-256 of the token, so that a dump of the memory of the cache holds none.
    answers: Cache<[u8; 32], Principal>,
    hits: IntCounter,
    misses: IntCounter,
}

/// Why an answer is not kept.
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
    /// Asks `user`, the User Service.
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
        // A known answer costs one look-up; unknown ones fly once for each token, however many requests wait.
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
