//! Carries one connection from its beginning to its end.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep, timeout_at},
};

use super::{Shared, count, dice::Dice, pipe, weather::Watcher};

/// The time that a server without a client may be silent before its connection is closed. A server
/// that sees its client disconnect may abandon the request; a server whose answer is lost in the
/// network does not.
const SILENCE: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(30);

/// The outcome of the two pipes of a connection.
pub(super) enum End {
    /// One side closed the connection in good order.
    Closed,
    /// One side broke the connection.
    Broken,
    /// The client must be disconnected; the server continues.
    Unanswered,
    /// The client must be disconnected, and the server gets the held bytes later.
    Late { held: Vec<u8>, by: Duration },
}

struct Ends {
    client: Option<TcpStream>,
    server: Option<TcpStream>,
}

impl Ends {
    /// Resets both sides, so that they see a broken connection instead of an orderly end.
    fn reset(&self) {
        for stream in [&self.client, &self.server].into_iter().flatten() {
            // A stream that has ended by itself needs no reset.
            let _ended = stream.set_zero_linger();
        }
    }
}

pub(super) async fn carry(client: TcpStream, number: u64, mut watcher: Watcher, shared: Arc<Shared>) {
    let mut ends = Ends { client: Some(client), server: None };
    let weather = watcher.clone();
    tokio::select! {
        biased;
        () = watcher.cut() => {
            shared.counters.refused.fetch_add(1, Ordering::Relaxed);
            ends.reset();
        }
        () = between(&mut ends, number, weather, &shared) => {}
    }
}

async fn between(ends: &mut Ends, number: u64, mut watcher: Watcher, shared: &Shared) {
    watcher.thawed().await;
    ends.server = shared.connect().await;
    let (Some(client), Some(server)) = (&mut ends.client, &mut ends.server) else {
        shared.counters.refused.fetch_add(1, Ordering::Relaxed);
        return ends.reset();
    };
    for stream in [&*client, &*server] {
        // Without it the connection is slower, but not wrong.
        let _as_it_is = stream.set_nodelay(true);
    }
    let pipe = |direction| pipe::Pipe {
        watcher: watcher.clone(),
        dice: Dice::new(shared.seed, number * 2 + direction),
        counters: &shared.counters,
    };
    let (requests, answers) = (pipe(0), pipe(1));
    let end = {
        let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
        tokio::select! {
            end = requests.requests(from_client, to_server) => end,
            end = answers.answers(from_server, to_client) => end,
        }
    };
    let (held, by) = match end {
        End::Closed => return,
        End::Broken => return ends.reset(),
        End::Unanswered => (Vec::new(), Duration::ZERO),
        End::Late { held, by } => (held, by),
    };
    ends.client = None;
    if let Some(server) = &mut ends.server {
        deliver(server, &held, by, watcher, shared).await;
    }
}

/// Sends the held bytes to the server, and swallows its answer.
async fn deliver(server: &mut TcpStream, held: &[u8], by: Duration, mut watcher: Watcher, shared: &Shared) {
    sleep(by).await;
    watcher.thawed().await;
    if server.write_all(held).await.is_err() {
        return count(&shared.counters.swallowed, held.len());
    }
    count(&shared.counters.late, held.len());
    let last = Instant::now() + LONGEST;
    let mut buffer = vec![0; pipe::CHUNK];
    while let Ok(Ok(read @ 1..)) =
        timeout_at(last.min(Instant::now() + SILENCE), server.read(&mut buffer)).await
    {
        count(&shared.counters.swallowed, read);
    }
}
