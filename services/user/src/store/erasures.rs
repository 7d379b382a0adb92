//! What other services must still erase of closed accounts.

use estore_contract::{PeerName, UserId};
use estore_kit::{
    metrics::Waiting,
    pg,
    trace::{self, Cause},
};
use sqlx::{PgExecutor, PgPool, Row, postgres::PgRow};
use time::{Duration, OffsetDateTime};

/// Who holds personal data beside this service.
pub const PEERS: [PeerName; 2] = [PeerName::Payment, PeerName::Verification];

/// An erasure that this worker may ask for until its lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Whose data.
    pub user: UserId,
    /// Which service.
    pub peer: PeerName,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// Which trace closed the account.
    pub cause: Option<Cause>,
}

/// Asks each of [`PEERS`] to erase what it holds on `user`.
pub async fn push(db: impl PgExecutor<'_>, user: UserId, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    let written = async {
        sqlx::query(
            "INSERT INTO erasures (user_id, peer, due_at, created_at, trace) SELECT $1, unnest($2::text[]), $3, $3, $4",
        )
        .bind(user.0)
        .bind(PEERS.map(PeerName::as_str))
        .bind(now)
        .bind(Cause::now().map(|cause| cause.to_string()))
        .execute(db)
        .await
    };
    trace::send("erasures").run(written).await?;
    Ok(())
}

/// Claims what is due, at most `limit`, until `lease` from now; other replicas skip it.
pub async fn claim(
    pool: &PgPool,
    limit: i64,
    lease: Duration,
    now: OffsetDateTime,
) -> Result<Vec<Claimed>, sqlx::Error> {
    let rows = sqlx::query(
        "UPDATE erasures SET due_at = $2, attempts = attempts + 1 WHERE (user_id, peer) IN
            (SELECT user_id, peer FROM erasures WHERE done_at IS NULL AND due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING user_id, peer, attempts, trace",
    )
    .bind(now)
    .bind(now + lease)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter().map(claimed).collect()
}

fn claimed(row: &PgRow) -> Result<Claimed, sqlx::Error> {
    let name: &str = row.try_get("peer")?;
    let peer = PEERS.into_iter().find(|peer| peer.as_str() == name);
    Ok(Claimed {
        user: UserId(row.try_get("user_id")?),
        peer: peer.ok_or_else(|| sqlx::Error::Decode(format!("no such peer: {name}").into()))?,
        attempts: u32::try_from(row.try_get::<i32, _>("attempts")?).unwrap_or(0),
        cause: row.try_get::<Option<&str>, _>("trace")?.and_then(Cause::parse),
    })
}

/// It is erased there.
pub async fn done(
    db: impl PgExecutor<'_>,
    erasure: &Claimed,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE erasures SET done_at = $3 WHERE user_id = $1 AND peer = $2")
        .bind(erasure.user.0)
        .bind(erasure.peer.as_str())
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// It is asked for again at `due`.
pub async fn postpone(
    db: impl PgExecutor<'_>,
    erasure: &Claimed,
    due: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE erasures SET due_at = $3 WHERE user_id = $1 AND peer = $2")
        .bind(erasure.user.0)
        .bind(erasure.peer.as_str())
        .bind(due)
        .execute(db)
        .await?;
    Ok(())
}

/// What others were not told of yet.
pub async fn waiting(db: impl PgExecutor<'_>) -> Result<Waiting, sqlx::Error> {
    pg::waiting(db, "SELECT count(*) AS depth, min(created_at) AS oldest FROM erasures WHERE done_at IS NULL")
        .await
}
