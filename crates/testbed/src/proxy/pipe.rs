//! Carries one direction of a connection.

use std::{future::pending, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::tcp::{ReadHalf, WriteHalf},
    time::{sleep, timeout},
};

use super::{
    Counters,
    connection::End,
    count,
    dice::Dice,
    weather::{Watcher, Weather},
};

/// The most bytes that one read takes.
pub(super) const CHUNK: usize = 64 * 1024;

/// A request may come in several parts: it is complete once the client has been silent for this
/// time.
const GATHER: Duration = Duration::from_millis(2);

pub(super) struct Pipe<'a> {
    pub(super) watcher: Watcher,
    pub(super) dice: Dice,
    pub(super) counters: &'a Counters,
}

impl Pipe<'_> {
    /// Carries bytes from the client to the server.
    pub(super) async fn requests(mut self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> End {
        let mut buffer = vec![0; CHUNK];
        loop {
            let Ok(read) = from.read(&mut buffer).await else { return End::Broken };
            let chunk = buffer.get(..read).unwrap_or_default();
            let weather = self.pass(chunk).await;
            if chunk.is_empty() {
                // The client has sent everything, and may still read. The end of the answers then
                // ends this direction, too.
                if to.shutdown().await.is_err() {
                    return End::Broken;
                }
                return pending().await;
            }
            if let Weather::Late { chance, by } = weather
                && self.dice.says_yes(chance)
            {
                let mut held = chunk.to_vec();
                while let Ok(Ok(more @ 1..)) = timeout(GATHER, from.read(&mut buffer)).await {
                    held.extend_from_slice(buffer.get(..more).unwrap_or_default());
                }
                count(&self.counters.held, held.len());
                return End::Late { held, by };
            }
            if to.write_all(chunk).await.is_err() {
                return End::Broken;
            }
        }
    }

    /// Carries bytes from the server to the client.
    pub(super) async fn answers(mut self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> End {
        let mut buffer = vec![0; CHUNK];
        let mut held = Vec::new();
        let mut clouds = self.watcher.clone();
        loop {
            let read = tokio::select! {
                read = from.read(&mut buffer) => Some(read),
                _ = clouds.changed_from(Weather::HoldAnswers), if !held.is_empty() => None,
            };
            let chunk = match read {
                None => &[],
                Some(Ok(read)) => buffer.get(..read).unwrap_or_default(),
                Some(Err(_)) => return self.lost(&held),
            };
            let ended = read.is_some() && chunk.is_empty();
            let weather = self.pass(chunk).await;
            if weather == Weather::HoldAnswers {
                if ended {
                    return self.lost(&held);
                }
                held.extend_from_slice(chunk);
                count(&self.counters.held, chunk.len());
                continue;
            }
            if to.write_all(&held).await.is_err() {
                return End::Broken;
            }
            count(&self.counters.late, held.len());
            held.clear();
            if ended {
                return End::Closed;
            }
            if let Some(end) = self.answer(chunk, weather, &mut to).await {
                return end;
            }
        }
    }

    /// Forwards one chunk of an answer, as a whole, in part or not at all.
    async fn answer(&mut self, chunk: &[u8], weather: Weather, to: &mut WriteHalf<'_>) -> Option<End> {
        let (kept, end) = match weather {
            Weather::DropAnswers { chance } if !chunk.is_empty() && self.dice.says_yes(chance) => {
                (0, Some(End::Unanswered))
            }
            Weather::CutMidway { chance } if !chunk.is_empty() && self.dice.says_yes(chance) => {
                (self.dice.below(chunk.len()), Some(End::Closed))
            }
            _ => (chunk.len(), None),
        };
        count(&self.counters.swallowed, chunk.len() - kept);
        let passed = to.write_all(chunk.get(..kept).unwrap_or_default()).await;
        if passed.is_err() { Some(End::Broken) } else { end }
    }

    /// Waits as long as the toxic delays a chunk, and returns the toxic at that time.
    async fn pass(&mut self, chunk: &[u8]) -> Weather {
        let frozen = self.watcher.now() == Weather::Freeze;
        if frozen {
            count(&self.counters.held, chunk.len());
        }
        let mut weather = self.watcher.thawed().await;
        if let Weather::Delay { up_to } = weather
            && !chunk.is_empty()
        {
            sleep(self.dice.part_of(up_to)).await;
            weather = self.watcher.thawed().await;
        }
        if frozen {
            count(&self.counters.late, chunk.len());
        }
        weather
    }

    /// Counts the held answers of a server that is gone as swallowed.
    fn lost(&self, held: &[u8]) -> End {
        count(&self.counters.swallowed, held.len());
        End::Broken
    }
}
