//! Connection attempts, for the tests of network policies.

use std::{io::ErrorKind, time::Duration};

use anyhow::Result;
use futures::future::join_all;
use tokio::{
    net::{TcpListener, TcpStream, lookup_host},
    time::timeout,
};

use super::say;

/// A dropped packet is never answered.
const PATIENCE: Duration = Duration::from_secs(2);

/// Prints `open`, `refused`, `timeout` or `unresolved` for each of `targets`, in their order.
pub async fn connect(targets: &[String]) {
    let tries = targets.iter().map(|target| async move { format!("{target} {}", of(target).await) });
    for line in join_all(tries).await {
        say(&line);
    }
}

/// Tries each address: a headless Service also names pods that do not listen, such as probes.
async fn of(target: &str) -> &'static str {
    let Ok(Ok(addresses)) = timeout(PATIENCE, lookup_host(target)).await else { return "unresolved" };
    let mut outcome = "unresolved";
    for address in addresses {
        outcome = match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return "open",
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => "refused",
            _ => "timeout",
        };
    }
    outcome
}

/// Accepts connections from other pods.
pub async fn listen(port: u16) -> Result<()> {
    let listener = TcpListener::bind(("0.0.0.0", port)).await?;
    loop {
        let _closed = listener.accept().await;
    }
}
