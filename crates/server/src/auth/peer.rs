//! The identity of the calling service, on the internal listener.

use std::{any::type_name, marker::PhantomData};

use axum::{extract::FromRequestParts, http::request::Parts};
use estore_contract::{Code, PeerName};

use crate::Problem;

/// The service named in the connection's client certificate. The internal listener adds it to each
/// request.
#[derive(Debug, Clone, Copy)]
pub struct PeerIdentity(pub Option<PeerName>);

/// The peers that a route serves.
pub trait Peers: Send {
    /// The names of the peers.
    const NAMES: &'static [PeerName];
}

/// A caller that is one of the services `P`.
#[derive(Debug, Clone, Copy)]
pub struct Peer<P> {
    /// The name of the calling service.
    pub name: PeerName,
    allowed: PhantomData<P>,
}

impl<P: Peers, S: Sync> FromRequestParts<S> for Peer<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<PeerIdentity>() {
            Some(PeerIdentity(Some(name))) if P::NAMES.contains(name) => {
                Ok(Self { name: *name, allowed: PhantomData })
            }
            identity => {
                tracing::warn!(
                    ?identity,
                    route = type_name::<P>(),
                    "peer called a route that it may not call; request rejected"
                );
                Err(Problem::new(Code::Forbidden, "This peer may not call this route."))
            }
        }
    }
}

/// The services, as types.
pub mod peers {
    use super::{PeerName, Peers};

    macro_rules! peer {
        ($($name:ident),+) => { $(
            #[doc = concat!("The service `", stringify!($name), "`.")]
            #[derive(Debug, Clone, Copy)]
            pub enum $name {}

            impl Peers for $name {
                const NAMES: &'static [PeerName] = &[PeerName::$name];
            }
        )+ };
    }

    peer!(User, Verification, Inventory, Payment, Bootstrap, Chaos);

    /// The services that accept users' tokens, and so introspect them.
    #[derive(Debug, Clone, Copy)]
    pub enum TokenHolders {}

    impl Peers for TokenHolders {
        const NAMES: &'static [PeerName] = &[PeerName::Verification, PeerName::Inventory, PeerName::Payment];
    }

    /// The callers that use a Redis database, whose epoch they compare with that of Postgres.
    #[derive(Debug, Clone, Copy)]
    pub enum StoreKeepers {}

    impl Peers for StoreKeepers {
        const NAMES: &'static [PeerName] = &[PeerName::Inventory, PeerName::Payment, PeerName::Bootstrap];
    }

    /// The services that send emails.
    #[derive(Debug, Clone, Copy)]
    pub enum MailSenders {}

    impl Peers for MailSenders {
        const NAMES: &'static [PeerName] = &[PeerName::User, PeerName::Payment];
    }
}
