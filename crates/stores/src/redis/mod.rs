//! Redis: one multiplexed connection that reconnects, the function libraries, and the durability
//! checks of order-flow section 1.

mod connect;
mod connection;
mod durability;
mod function;
mod login;
mod millis;
mod stream_id;
mod watch;

pub use connect::{REDIS_DB, REDIS_PASSWORD, Redis, SETTINGS, connect, connect_to};
pub use connection::{Calls, Connection};
pub use durability::check;
pub use function::{fcall, fcall_ro, is_away, is_empty, is_loading, is_silent};
pub use millis::time_of;
pub use stream_id::{InvalidStreamId, StreamId};
pub use watch::{METRICS, watch};

/// A function library, at the version that the calling service was compiled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Library {
    /// The name, which contains store and contract number: `inv1`. `<name>_version` returns the
    /// loaded version.
    pub name: &'static str,
    /// The oldest acceptable version.
    pub version: i64,
}
