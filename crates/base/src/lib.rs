//! The base of every program: settings, time, randomness, keys, identities, and files that change
//! while the program runs. This crate serves nothing, calls nothing and knows no store.

mod backoff;
pub mod client_address;
pub mod clock;
pub mod config;
pub mod fail;
pub mod identity;
mod keyed_hash;
pub mod log_throttle;
pub mod logins;
pub mod pem;
pub mod process;
pub mod random;
pub mod reloadable;
pub mod request_id;
pub mod seal;
pub mod trusted_proxies;

pub use backoff::backoff;
pub use keyed_hash::KeyedHash;
