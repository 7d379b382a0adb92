//! The erasures of closed accounts that other services have not confirmed yet.

use estore_contract::{PeerName, UserId};
use estore_stores::queue::{Pace, Queue};
use sqlx::{PgExecutor, Row, postgres::PgRow};
use time::OffsetDateTime;

/// The other services that hold personal data.
pub const PEERS: [PeerName; 2] = [PeerName::Payment, PeerName::Verification];

/// The queue of erasures.
pub static QUEUE: Queue<Erasure> = Queue {
    name: "erasures",
    table: "erasures",
    id: "user_id",
    part: Some("peer"),
    waiting: "done_at IS NULL",
    since: "created_at",
    columns: "user_id, peer",
    ahead: None,
    read: erasure,
    pace: Pace::PEER,
    patience: None,
};
/// Ends an erasure that the other service has confirmed. The row stays, for a service that is
/// restored from an older backup.
pub const CONFIRMED: &str = "done_at = $4";

/// An erasure to request.
#[derive(Debug)]
pub struct Erasure {
    /// The closed account.
    pub user: UserId,
    /// The service that is to erase its data.
    pub peer: PeerName,
}

fn erasure(row: &PgRow) -> Result<Erasure, sqlx::Error> {
    let name: &str = row.try_get("peer")?;
    let peer = PEERS.into_iter().find(|peer| peer.as_str() == name);
    Ok(Erasure {
        user: UserId(row.try_get("user_id")?),
        peer: peer.ok_or_else(|| sqlx::Error::Decode(format!("no such peer: {name}").into()))?,
    })
}

/// The services that may hold data of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holders {
    /// All of [`PEERS`].
    All,
    /// Of an account that never verified its address: it got emails, and could neither save a card
    /// nor order. An erasure leaves a trace for good, and anybody can register any address.
    OfUnverified,
}

impl Holders {
    fn names(self) -> Vec<&'static str> {
        let may_hold = |peer: &PeerName| self == Self::All || *peer == PeerName::Verification;
        PEERS.iter().filter(|peer| may_hold(peer)).map(|peer| peer.as_str()).collect()
    }
}

/// Enqueues an erasure of `user` for each of its `holders`.
pub async fn push(
    db: impl PgExecutor<'_>,
    user: UserId,
    holders: Holders,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let insert = |trace: Option<String>| {
        sqlx::query(
            "INSERT INTO erasures (user_id, peer, due_at, created_at, trace) SELECT $1, unnest($2::text[]), $3, $3, $4",
        )
        .bind(user.0)
        .bind(holders.names())
        .bind(now)
        .bind(trace)
        .execute(db)
    };
    QUEUE.enqueue(insert).await?;
    Ok(())
}
