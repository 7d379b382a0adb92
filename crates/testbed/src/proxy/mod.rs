//! A TCP proxy that simulates network faults, in front of one server, or as a load balancer in
//! front of replicas. It sees bytes alone, so that HTTP/2 with TLS, RESP and SMTP pass alike.

mod connection;
mod dice;
mod pipe;
#[cfg(test)]
mod tests;
mod weather;

use std::{
    net::{Ipv4Addr, TcpListener as StdListener},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::timeout,
};

pub use weather::Weather;
use weather::{Sky, Watcher};

/// The time that a server has to accept before the proxy tries the next one.
const PATIENCE: Duration = Duration::from_secs(1);

/// A TCP proxy. It stops when this value is dropped, and closes all its connections.
pub struct Proxy {
    /// The port for clients.
    pub port: u16,
    shared: Arc<Shared>,
    _serving: JoinSet<()>,
}

/// The counts of a proxy so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Connections that clients made.
    pub connections: u64,
    /// Connections that were reset or cut, or that no server accepted.
    pub refused: u64,
    /// Bytes that never arrived.
    pub swallowed: u64,
    /// Bytes that were held back by `Freeze`, `Late` or `HoldAnswers`, delivered or not.
    pub held: u64,
    /// Bytes that arrived after they were held back.
    pub late: u64,
}

#[derive(Default)]
struct Counters {
    connections: AtomicU64,
    refused: AtomicU64,
    swallowed: AtomicU64,
    held: AtomicU64,
    late: AtomicU64,
}

struct Shared {
    sky: watch::Sender<Sky>,
    targets: Mutex<Vec<u16>>,
    next: AtomicUsize,
    seed: u64,
    counters: Counters,
}

impl Proxy {
    /// Listens on a free port of the loopback interface, within the runtime of the caller. A
    /// connection goes to the next of `targets` (ports, in turn) that accepts it. Random decisions
    /// follow from `seed` and the number of the connection.
    pub fn start(targets: Vec<u16>, seed: u64) -> Result<Self> {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            sky: watch::Sender::default(),
            targets: Mutex::new(targets),
            next: AtomicUsize::new(0),
            seed,
            counters: Counters::default(),
        });
        let mut serving = JoinSet::new();
        serving.spawn(serve(TcpListener::from_std(listener)?, shared.clone()));
        Ok(Self { port, shared, _serving: serving })
    }

    /// Sets the toxic, for open connections too.
    pub fn set(&self, weather: Weather) {
        self.shared.sky.send_modify(|sky| sky.turn(weather));
    }

    /// Returns the current toxic.
    #[must_use]
    pub fn weather(&self) -> Weather {
        self.shared.sky.borrow().weather
    }

    /// Sends new connections to other targets.
    pub fn targets(&self, targets: Vec<u16>) {
        *self.shared.targets.lock().unwrap_or_else(PoisonError::into_inner) = targets;
    }

    /// Returns the counts so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.shared.counters;
        Counts {
            connections: read(&counters.connections),
            refused: read(&counters.refused),
            swallowed: read(&counters.swallowed),
            held: read(&counters.held),
            late: read(&counters.late),
        }
    }
}

/// Accepts connections. They end with this task.
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        // If no file descriptor is left, connections that end release theirs.
        let Ok((client, _)) = listener.accept().await else {
            if connections.join_next().await.is_none() {
                tokio::task::yield_now().await;
            }
            continue;
        };
        let number = shared.counters.connections.fetch_add(1, Ordering::Relaxed);
        let watcher = Watcher::new(shared.sky.subscribe());
        connections.spawn(connection::carry(client, number, watcher, shared.clone()));
        while connections.try_join_next().is_some() {}
    }
}

impl Shared {
    /// Connects to the next server that accepts.
    async fn connect(&self) -> Option<TcpStream> {
        let targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        for at in 0..targets.len() {
            let port = targets.get(first.wrapping_add(at) % targets.len())?;
            let connecting = TcpStream::connect((Ipv4Addr::LOCALHOST, *port));
            if let Ok(Ok(server)) = timeout(PATIENCE, connecting).await {
                return Some(server);
            }
        }
        None
    }
}

fn count(counter: &AtomicU64, bytes: usize) {
    counter.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
}
