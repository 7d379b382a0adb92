//! The commands beside `serve`: for `helm test`, and for tests in a cluster.

mod connect;
mod load;
mod open;
mod order;
mod receive;

use std::io::{self, Write};

use tokio::signal::unix::{SignalKind, signal};

pub use connect::{connect, listen};
pub use load::{LoadOptions, load};
pub use order::order;
pub use receive::receive;

pub(crate) use open::wait_until_ready;

/// Waits for SIGTERM: the first process of a container gets no signal without a handler.
pub async fn stopped() {
    if let Ok(mut signal) = signal(SignalKind::terminate()) {
        let _signal = signal.recv().await;
    }
}

/// Prints a line of output.
fn say(line: &str) {
    // A reader that is gone needs no line.
    let _gone = writeln!(io::stdout(), "{line}");
}
