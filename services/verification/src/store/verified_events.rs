//! Verified events that the User Service must receive.

use estore_contract::{
    UserId, VerificationId,
    verification::{EmailVerified, LinkOutcome},
};
use estore_stores::{
    pg,
    queue::{Pace, Queue},
};
use sqlx::{PgExecutor, Row, postgres::PgRow};

/// The queue of verified events.
pub static QUEUE: Queue<VerifiedEvent> = Queue {
    name: "reports",
    table: "reports",
    id: "verification_id",
    part: None,
    waiting: "done_at IS NULL",
    since: "(SELECT redeemed_at FROM redemptions r WHERE r.verification_id = reports.verification_id)",
    columns: "verification_id,
        (SELECT user_id FROM verifications v WHERE v.id = verification_id) AS user_id,
        (SELECT email FROM verifications v WHERE v.id = verification_id) AS email,
        (SELECT idempotency_key FROM verifications v WHERE v.id = verification_id) AS idempotency_key",
    ahead: None,
    read: event,
    pace: Pace::PEER,
    patience: None,
};
/// Ends an event that the User Service has received.
pub const RECEIVED: &str = "done_at = $4";

/// An event to send.
#[derive(Debug)]
pub struct VerifiedEvent {
    /// The account.
    pub user: UserId,
    /// The pressed link.
    pub event: EmailVerified,
}

fn event(row: &PgRow) -> Result<VerifiedEvent, sqlx::Error> {
    let event = EmailVerified {
        verification_id: VerificationId(row.try_get("verification_id")?),
        email: pg::parsed(row, "email")?,
        idempotency_key: Some(row.try_get("idempotency_key")?),
    };
    Ok(VerifiedEvent { user: UserId(row.try_get("user_id")?), event })
}

/// Records the outcome of a link, before its event ends. A superseded link verified nothing, so
/// its email does not count as verified.
pub async fn decided(
    db: impl PgExecutor<'_>,
    id: VerificationId,
    outcome: LinkOutcome,
) -> Result<(), sqlx::Error> {
    if outcome == LinkOutcome::Superseded {
        sqlx::query("UPDATE verifications SET status = 'expired' WHERE id = $1 AND status = 'verified'")
            .bind(id.0)
            .execute(db)
            .await?;
    }
    Ok(())
}
