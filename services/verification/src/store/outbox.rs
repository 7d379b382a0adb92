//! The outbox: emails that the mail server has not accepted yet.

use estore_contract::{
    Email, UserId, VerificationId,
    verification::{Locale, Purpose},
};
use estore_stores::{
    pg,
    queue::{Pace, Queue},
};
use serde_json::{Map, Value};
use sqlx::{PgExecutor, Row, postgres::PgRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

/// The queue of emails for the mail server. A worker that dies sends at most a batch twice, with
/// the same Message-IDs.
pub static QUEUE: Queue<Mail> = Queue {
    name: "mails",
    table: "verifications",
    id: "id",
    part: None,
    waiting: "status = 'pending'",
    since: "created_at",
    columns: "id, user_id, email, purpose, locale, data, sample_version",
    // Somebody may be waiting for them. An email about an order only informs.
    ahead: Some("purpose NOT IN ('order_confirmed', 'order_refunded')"),
    read: mail,
    pace: Pace {
        batch: 16,
        lease: time::Duration::seconds(30),
        period: std::time::Duration::from_millis(500),
        longest: std::time::Duration::from_mins(15),
    },
    // RFC 5321, section 4.5.4.1, gives up only after days, but a link that arrives so late helps
    // nobody.
    patience: Some((time::Duration::hours(24), BOUNCED)),
};
/// Ends an email that the mail server rejected permanently or for too long.
pub const BOUNCED: &str = "status = 'bounced', due_at = $4";

/// An email to send.
#[derive(Debug)]
pub struct Mail {
    /// The id of the email.
    pub id: VerificationId,
    /// The account.
    pub user: UserId,
    /// The recipient's address.
    pub email: Email,
    /// The purpose of the email.
    pub purpose: Purpose,
    /// The language of the email.
    pub locale: Locale,
    /// The data that the template shows.
    pub data: Map<String, Value>,
    /// The version of the template that it shows, if it is a sample.
    pub sample_version: Option<u32>,
}

fn mail(row: &PgRow) -> Result<Mail, sqlx::Error> {
    let Json(data) = row.try_get("data")?;
    Ok(Mail {
        id: VerificationId(row.try_get("id")?),
        user: UserId(row.try_get("user_id")?),
        email: pg::parsed(row, "email")?,
        purpose: pg::parsed(row, "purpose")?,
        locale: pg::parsed(row, "locale")?,
        data,
        sample_version: row
            .try_get::<Option<i32>, _>("sample_version")?
            .map(|_| pg::count(row, "sample_version"))
            .transpose()?,
    })
}

/// Records that the mail server accepted these emails, with its answer to each. That is a fact,
/// whoever holds the lease now. Only pending emails change their status, because a token may have
/// been used meanwhile.
pub async fn sent(
    db: impl PgExecutor<'_>,
    sent: &[(VerificationId, String)],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let (ids, answers): (Vec<Uuid>, Vec<&str>) =
        sent.iter().map(|(id, answer)| (id.0, answer.as_str())).unzip();
    sqlx::query(
        "UPDATE verifications v
         SET status = CASE WHEN status = 'pending' THEN 'sent' ELSE status END, sent_at = $3, last_answer = sent.answer
         FROM unnest($1::uuid[], $2::text[]) AS sent (id, answer) WHERE v.id = sent.id",
    )
    .bind(ids)
    .bind(answers)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Records the current address and language of an email.
pub async fn readdress(
    db: impl PgExecutor<'_>,
    id: VerificationId,
    email: &Email,
    locale: Locale,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE verifications SET email = $2, locale = $3 WHERE id = $1")
        .bind(id.0)
        .bind(email.as_str())
        .bind(locale.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes an email that is no longer to be sent.
pub async fn forget(db: impl PgExecutor<'_>, id: VerificationId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM verifications WHERE id = $1").bind(id.0).execute(db).await?;
    Ok(())
}

/// Records the mail server's answer to an email that it did not accept.
pub async fn refused(db: impl PgExecutor<'_>, id: VerificationId, answer: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE verifications SET last_answer = $2 WHERE id = $1 AND status = 'pending'")
        .bind(id.0)
        .bind(answer)
        .execute(db)
        .await?;
    Ok(())
}
