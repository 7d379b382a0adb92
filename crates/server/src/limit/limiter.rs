//! Charges requests to their buckets.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{extract::FromRequestParts, http::request::Parts};
use estore_base::client_address::ClientAddress;
use estore_contract::{Code, UserId};
use http::HeaderMap;

use super::{
    Class, Limits, Scope,
    fields::{self, Standing},
    limits::Verdict,
};
use crate::Problem;

/// The limiter of one request: its route's class, its client's address, and the buckets that its
/// handler names.
#[derive(Clone)]
pub struct Limiter {
    limits: Limits,
    class: Class,
    client: ClientAddress,
    standings: Arc<Mutex<Vec<Standing>>>,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, class: Class, client: ClientAddress) -> Self {
        Self { limits, class, client, standings: Arc::default() }
    }

    /// Returns the client's address.
    #[must_use]
    pub fn client(&self) -> ClientAddress {
        self.client
    }

    /// Charges one request to each of `whose`, all or none. Returns 429 if one of them is empty,
    /// and 503 if the store does not answer.
    pub async fn charge(&self, whose: &[(Scope, &str)]) -> Result<(), Problem> {
        let verdict = self.limits.charge(self.class, whose).await.map_err(Problem::unavailable)?;
        let (standings, outcome) = match verdict {
            Verdict::Admitted(standings) => (standings, Ok(())),
            Verdict::Refused(standings, wait) => {
                let problem =
                    Problem::new(Code::RateLimited, "Too many requests of this kind. Try again later.");
                (standings, Err(problem.retry_after(wait)))
            }
        };
        let reported = standings.into_iter().filter(|standing| self.class.reports(standing.rule.scope));
        self.standings.lock().unwrap_or_else(PoisonError::into_inner).extend(reported);
        outcome
    }

    /// Charges the address before any other work, unless the handler charges it together with
    /// others.
    pub(crate) async fn charge_address(&self) -> Result<(), Problem> {
        if self.class.charges_address_first() {
            self.charge(&[(Scope::Address, &self.client.network())]).await
        } else {
            Ok(())
        }
    }

    /// Adds the client's quota to the answer.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        fields::tell(&self.standings.lock().unwrap_or_else(PoisonError::into_inner), headers);
    }
}

impl<S: Sync> FromRequestParts<S> for Limiter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let limiter = parts.extensions.get::<Self>().cloned();
        limiter.ok_or_else(|| Problem::internal("a route that charges was added without `limited`"))
    }
}

/// Charges the account of a valid token, if the route's class counts accounts.
pub async fn charge_account(parts: &Parts, user: UserId) -> Result<(), Problem> {
    match parts.extensions.get::<Limiter>().cloned() {
        Some(limiter) if limiter.class.charges_account_when_known() => {
            limiter.charge(&[(Scope::Account, &user.to_string())]).await
        }
        _ => Ok(()),
    }
}
