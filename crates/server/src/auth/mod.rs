//! Authentication guards. The type in a handler's signature says who may call: [`Caller`],
//! [`VerifiedCaller`], [`Admin`], [`Peer`].

pub mod bearer;
mod introspector;
mod peer;

use std::{error::Error, sync::Arc};

use async_trait::async_trait;
use axum::{extract::FromRequestParts, http::request::Parts};
use estore_contract::{
    Code, Sensitive,
    introspection::{Principal, Role},
};

pub use introspector::{Introspector, METRICS};
pub use peer::{Peer, PeerIdentity, Peers, peers};

use crate::{Problem, limit};

/// Finds the owner of an access token. There are two real implementations: the User Service reads
/// its own store, and the others ask the User Service.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// Returns `None` if the token may not be used. Returns an error if the token cannot be
    /// checked, which becomes a 503 and never admits the caller.
    async fn authenticate(&self, token: &Sensitive) -> Result<Option<Principal>, AuthUnavailable>;
}

/// The state of a service, which has what its guards need.
pub trait Guarded: Send + Sync {
    /// Returns the authenticator of this service.
    fn authenticator(&self) -> &dyn Authenticator;
}

impl<T: Guarded> Guarded for Arc<T> {
    fn authenticator(&self) -> &dyn Authenticator {
        self.as_ref().authenticator()
    }
}

/// The error if a token cannot be checked now.
#[derive(Debug, Clone, thiserror::Error)]
#[error("tokens cannot be checked")]
pub struct AuthUnavailable(#[source] pub Arc<dyn Error + Send + Sync>);

/// A caller with a valid access token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The authenticated user.
    pub principal: Principal,
}

/// A caller whose email address is verified.
#[derive(Debug, Clone)]
pub struct VerifiedCaller {
    /// The authenticated user.
    pub principal: Principal,
}

/// A caller with the role `admin`.
#[derive(Debug, Clone)]
pub struct Admin {
    /// The authenticated user.
    pub principal: Principal,
}

impl<S: Guarded> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = bearer::token(&parts.headers)?;
        match state.authenticator().authenticate(&token).await {
            Ok(Some(principal)) => {
                limit::charge_account(parts, principal.user_id).await?;
                Ok(Self { principal })
            }
            Ok(None) => Err(bearer::refused()),
            Err(error) => Err(Problem::unavailable(error)),
        }
    }
}

impl<S: Guarded> FromRequestParts<S> for VerifiedCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Caller { principal } = Caller::from_request_parts(parts, state).await?;
        if !principal.email_verified {
            return Err(Problem::new(Code::EmailNotVerified, "Verify your email address first."));
        }
        Ok(Self { principal })
    }
}

impl<S: Guarded> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Caller { principal } = Caller::from_request_parts(parts, state).await?;
        match principal.role {
            Role::Admin => Ok(Self { principal }),
            Role::Customer => Err(Problem::new(Code::Forbidden, "This requires the role admin.")),
        }
    }
}
