//! Which service is calling, on the internal listener.

use std::{any::type_name, marker::PhantomData};

use axum::{extract::FromRequestParts, http::request::Parts};
use estore_contract::{Code, PeerName};

use crate::Problem;

/// Who the client certificate of the connection names; the internal listener puts it on each request.
#[derive(Debug, Clone, Copy)]
pub struct PeerIdentity(pub Option<PeerName>);

/// The peers that a route serves.
pub trait Peers: Send {
    /// Their names.
    const NAMES: &'static [PeerName];
}

/// A caller that is one of the services `P`.
#[derive(Debug, Clone, Copy)]
pub struct Peer<P> {
    /// Which of them.
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
                    "a peer called a route that does not serve it"
                );
                Err(Problem::new(Code::Forbidden, "This route does not serve this peer."))
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

    peer!(User, Verification, Inventory, Payment, Bootstrap);

    /// Every service that takes users' tokens and so asks who is behind them.
    #[derive(Debug, Clone, Copy)]
    pub enum TokenHolders {}

    impl Peers for TokenHolders {
        const NAMES: &'static [PeerName] = &[PeerName::Verification, PeerName::Inventory, PeerName::Payment];
    }

    /// Those that work with a Redis database, whose epoch is compared with Postgres's.
    #[derive(Debug, Clone, Copy)]
    pub enum StoreKeepers {}

    impl Peers for StoreKeepers {
        const NAMES: &'static [PeerName] = &[PeerName::Inventory, PeerName::Payment, PeerName::Bootstrap];
    }

    /// The services that have mail to send.
    #[derive(Debug, Clone, Copy)]
    pub enum MailSenders {}

    impl Peers for MailSenders {
        const NAMES: &'static [PeerName] = &[PeerName::User, PeerName::Payment];
    }
}
