//! Who may call is a type in the handler's signature: [`Caller`], [`VerifiedCaller`], [`Admin`], [`Peer`].

pub mod bearer;
mod introspector;
mod peer;

use std::{error::Error, sync::Arc};

use async_trait::async_trait;
use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use estore_contract::{
    Code, Sensitive,
    introspection::{Principal, Role},
};

pub use introspector::{Introspector, METRICS};
pub use peer::{Peer, PeerIdentity, Peers, peers};

use crate::{Problem, limit};

/// Tells who is behind an access token. Two real implementations: the User Service asks its own store, the others ask
/// the User Service.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// `None` where the token may not be used; an error where nobody can tell, which is a 503 and never a pass.
    async fn authenticate(&self, token: &Sensitive) -> Result<Option<Principal>, AuthUnavailable>;
}

/// Nobody can tell whether a token is good right now.
#[derive(Debug, Clone, thiserror::Error)]
#[error("tokens cannot be checked")]
pub struct AuthUnavailable(#[source] pub Arc<dyn Error + Send + Sync>);

/// A caller with a good access token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who it is.
    pub principal: Principal,
}

/// A caller whose e-mail address is verified.
#[derive(Debug, Clone)]
pub struct VerifiedCaller {
    /// Who it is.
    pub principal: Principal,
}

/// A caller with the role `admin`.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Who it is.
    pub principal: Principal,
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<dyn Authenticator>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = bearer::token(&parts.headers)?;
        let authenticator = Arc::<dyn Authenticator>::from_ref(state);
        match authenticator.authenticate(&token).await {
            Ok(Some(principal)) => {
                limit::charge_account(parts, principal.user_id).await?;
                Ok(Self { principal })
            }
            Ok(None) => Err(bearer::refused()),
            Err(error) => Err(Problem::unavailable(error)),
        }
    }
}

impl<S> FromRequestParts<S> for VerifiedCaller
where
    S: Send + Sync,
    Arc<dyn Authenticator>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Caller { principal } = Caller::from_request_parts(parts, state).await?;
        if !principal.email_verified {
            return Err(Problem::new(Code::EmailNotVerified, "Verify your e-mail address first."));
        }
        Ok(Self { principal })
    }
}

impl<S> FromRequestParts<S> for Admin
where
    S: Send + Sync,
    Arc<dyn Authenticator>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Caller { principal } = Caller::from_request_parts(parts, state).await?;
        match principal.role {
            Role::Admin => Ok(Self { principal }),
            Role::Customer => Err(Problem::new(Code::Forbidden, "This needs the role admin.")),
        }
    }
}
