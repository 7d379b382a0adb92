//! Calls to the other services over mutual TLS, to their public APIs, and to APIs outside the shop:
//! deadlines, retries and the spans of calls. No other crate makes HTTP clients.

mod error_chain;
mod external;
mod peer;
mod public;
mod spans;

pub use external::{ExternalClient, Unknown};
pub use peer::{
    INVENTORY_SERVICE_URL, PAYMENT_SERVICE_URL, PeerClient, PeerError, USER_SERVICE_URL,
    VERIFICATION_SERVICE_URL,
};
pub use public::{NoAnswer, PublicClient};
