//! The limits of a service.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use estore_base::{KeyedHash, config::Env};
use estore_telemetry::{
    Platform,
    metrics::{IntCounterVec, RATE_LIMITED},
};
use moka::future::Cache;
use secrecy::SecretString;

use super::{
    Buckets, Class, Scope,
    buckets::{Bucket, Key, StoreError, Taken},
    fields::Standing,
    lease::Leases,
    rules::Rules,
};
use crate::StartError;

/// The maximum number of buckets remembered as empty.
const CAPACITY: u64 = 50_000;
/// The maximum time for which a bucket is remembered as empty.
const MEMORY: Duration = Duration::from_mins(10);

/// The rate limits of a service. Cheap to clone.
#[derive(Clone)]
pub struct Limits(Arc<Inner>);

struct Inner {
    rules: Rules,
    buckets: Buckets,
    keys: KeyedHash,
    leases: Leases,
    /// The time until which each bucket admits nothing. An attacker who continues costs the store
    /// nothing.
    empty: Cache<Key, Instant>,
    refused: IntCounterVec,
}

/// The result of charging.
pub(super) enum Verdict {
    /// The request may continue.
    Admitted(Vec<Standing>),
    /// The request is rejected, for this long.
    Refused(Vec<Standing>, Duration),
}

impl Limits {
    /// Reads the settings `LIMITS` and `LIMIT_<CLASS>_<SCOPE>`. Counts in `buckets`, under names
    /// derived from `secret`.
    pub fn new(
        env: &Env,
        platform: &Platform,
        buckets: Buckets,
        secret: &SecretString,
    ) -> Result<Self, StartError> {
        let refused = RATE_LIMITED.counters(&platform.metrics)?;
        for class in Class::ALL {
            // Shown from the start, so that the first rejection appears as a rise.
            refused.with_label_values(&[class.as_str()]);
        }
        Ok(Self(Arc::new(Inner {
            rules: Rules::from_env(env)?,
            buckets,
            keys: KeyedHash::new(secret, &format!("rate limits of {}", platform.name)),
            leases: Leases::new(),
            empty: Cache::builder().max_capacity(CAPACITY).time_to_live(MEMORY).build(),
            refused,
        })))
    }

    /// Charges one cell to each of the buckets that `whose` names, or none if one of them is empty.
    pub(super) async fn charge(&self, class: Class, whose: &[(Scope, &str)]) -> Result<Verdict, StoreError> {
        let bucket = |(scope, value): &(Scope, &str)| {
            let rule = self.0.rules.find(class, *scope)?;
            // A changed policy makes a new bucket, because the room left in the old one means
            // nothing under the new policy.
            let policy = rule.policy.to_string();
            let key = self.0.keys.of(&[rule.name, &policy, value]).first_chunk().copied()?;
            Some(Bucket { rule, key })
        };
        let buckets: Vec<Bucket> = whose.iter().filter_map(bucket).collect();
        if buckets.is_empty() {
            return Ok(Verdict::Admitted(Vec::new()));
        }
        if let Some(refused) = self.remembered(class, &buckets).await {
            self.0.refused.with_label_values(&[class.as_str()]).inc();
            return Ok(refused);
        }
        let taken = match buckets.as_slice() {
            [one] if one.rule.is_leased() => self.0.leases.take(&self.0.buckets, one).await?,
            all => self.0.buckets.take(all, 1).await?,
        };
        Ok(self.judge(class, &buckets, &taken).await)
    }

    /// Returns the refusal of a bucket that is known to be empty. A bucket that the class does not
    /// report is none of them: each 429 reports a quota.
    async fn remembered(&self, class: Class, buckets: &[Bucket]) -> Option<Verdict> {
        let now = Instant::now();
        for bucket in buckets.iter().filter(|bucket| class.reports(bucket.rule.scope)) {
            let until = self.0.empty.get(&bucket.key).await;
            if let Some(wait) = until.and_then(|until| until.checked_duration_since(now))
                && !wait.is_zero()
            {
                let room = bucket.rule.policy.interval().saturating_sub(wait);
                return Some(Verdict::Refused(vec![Standing { rule: bucket.rule, room }], wait));
            }
        }
        None
    }

    async fn judge(&self, class: Class, buckets: &[Bucket], taken: &Taken) -> Verdict {
        let both = buckets.iter().zip(&taken.rooms);
        let standings = both.clone().map(|(bucket, room)| Standing { rule: bucket.rule, room: *room });
        let standings: Vec<Standing> = standings.collect();
        if taken.granted > 0 {
            return Verdict::Admitted(standings);
        }
        self.0.refused.with_label_values(&[class.as_str()]).inc();
        let mut longest = Duration::ZERO;
        for (bucket, room) in both {
            // The time until one cell has accrued. Nothing makes it shorter.
            let wait = bucket.rule.policy.interval().saturating_sub(*room);
            if !wait.is_zero() {
                self.0.empty.insert(bucket.key, Instant::now() + wait).await;
            }
            longest = longest.max(wait);
        }
        Verdict::Refused(standings, longest)
    }
}
