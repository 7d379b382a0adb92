//! The databases of the shop, and their moments.

use std::time::Duration;

use anyhow::Result;
use estore_base::config::Env;
use estore_stores::redis::{self as store, StreamId};
use redis::{Value, cmd};
use tokio::time::sleep;

use super::source::{Source, texts};
use crate::config::{GATEWAY_BOOKS, REDIS_DB_GATEWAY, REDIS_DB_INVENTORY, REDIS_DB_PAYMENT};

pub(super) const JOURNAL: &str = "{inv}:journal";

/// The databases that the audit reads.
#[derive(Clone)]
pub(super) struct Databases {
    pub(super) payment: Source,
    pub(super) inventory: Source,
    /// The books of the sandbox gateway; `None` if a real gateway has them.
    pub(super) books: Option<Source>,
    /// True if the books are in a database of their own.
    pub(super) books_apart: bool,
    /// The pause before each part.
    pub(super) pause: Duration,
}

/// The moment at which the audit began. All before it is history.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beginning {
    /// The time of the server, in ms.
    pub(super) at: i64,
    /// The last entry of the journal shortly after.
    pub(super) journal: Option<StreamId>,
}

impl Databases {
    /// Connects as the user of the settings, who needs to read only.
    pub(super) fn open(env: &Env, pause: Duration) -> Result<Self> {
        let database = |number: i64| anyhow::Ok(Source::new(store::connect_to(env, number)?));
        let payment: i64 = env.get(&REDIS_DB_PAYMENT)?;
        let books: i64 = env.optional(&REDIS_DB_GATEWAY)?.unwrap_or(payment);
        let has_books = env.get::<String>(&GATEWAY_BOOKS)? == "sandbox";
        Ok(Self {
            payment: database(payment)?,
            inventory: database(env.get(&REDIS_DB_INVENTORY)?)?,
            books: has_books.then(|| database(books)).transpose()?,
            books_apart: books != payment,
            pause,
        })
    }

    /// Returns the current moment.
    pub(super) async fn begin(&self) -> Result<Beginning> {
        let time = texts(self.payment.one(cmd("TIME")).await?);
        let mut parts = time.iter().map(|part| part.parse::<i64>());
        let (Some(Ok(seconds)), Some(Ok(micros))) = (parts.next(), parts.next()) else {
            anyhow::bail!("Redis does not tell the time");
        };
        let journal = self.inventory.one(last_of_journal()).await?;
        Ok(Beginning { at: seconds * 1000 + micros / 1000, journal: last_id(journal) })
    }

    /// Waits before a part, so that the shop has Redis to itself for a while.
    pub(super) async fn breathe(&self) {
        if !self.pause.is_zero() {
            sleep(self.pause).await;
        }
    }
}

/// Returns the command that reads the last entry of the journal.
pub(super) fn last_of_journal() -> redis::Cmd {
    let mut last = cmd("XREVRANGE");
    last.arg(JOURNAL).arg("+").arg("-").arg("COUNT").arg(1);
    last
}

/// Returns the id in the answer of that command.
pub(super) fn last_id(answer: Value) -> Option<StreamId> {
    super::source::entries(answer).first()?.0.parse().ok()
}
