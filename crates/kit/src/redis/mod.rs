//! Redis: one multiplexed connection that reconnects, the function libraries, and the premises of order-flow section 1.

mod connect;
mod connection;
mod function;
mod premises;
mod stream_id;
mod watch;

pub use connect::{Redis, connect, connect_to};
pub use connection::{Calls, Connection};
pub(crate) use function::is_loading;
pub use function::{fcall, fcall_ro, is_away, is_silent, problem, write_problem};
pub use premises::check;
pub use stream_id::{InvalidStreamId, StreamId};
pub use watch::{METRICS, watch};

/// A function library, as the service that calls it was compiled with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Library {
    /// Its name, which carries store and contract number: `inv1`. `<name>_version` answers the version it has.
    pub name: &'static str,
    /// The oldest version that will do.
    pub version: i64,
}
