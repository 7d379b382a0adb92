//! Charging a request.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{extract::FromRequestParts, http::request::Parts};
use estore_contract::{Code, UserId};
use http::HeaderMap;

use super::{
    Class, Limits, Scope,
    fields::{self, Standing},
    limits::Verdict,
};
use crate::{ClientAddress, Problem};

/// What a request is charged to: its route's class, its client's address, and what its handler names.
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

    /// From where the request comes.
    #[must_use]
    pub fn client(&self) -> ClientAddress {
        self.client
    }

    /// Charges one request to each of `whose`, all or none: 429 where one of them had too many, 503 where nobody can tell.
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
        self.standings.lock().unwrap_or_else(PoisonError::into_inner).extend(standings);
        outcome
    }

    /// The address is charged before anything is done, unless the handler charges it with more.
    pub(crate) async fn charge_address(&self) -> Result<(), Problem> {
        if self.class.charges_address_first() {
            self.charge(&[(Scope::Address, &self.client.network())]).await
        } else {
            Ok(())
        }
    }

    /// Says in the answer where the client stands.
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

/// Charges the account behind a good token, where the route's class counts accounts.
pub async fn charge_account(parts: &Parts, user: UserId) -> Result<(), Problem> {
    match parts.extensions.get::<Limiter>().cloned() {
        Some(limiter) if limiter.class.charges_account_when_known() => {
            limiter.charge(&[(Scope::Account, &user.to_string())]).await
        }
        _ => Ok(()),
    }
}
