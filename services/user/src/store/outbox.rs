//! Mails to ask of the Verification Service: written with what they tell of, sent by the outbox job.

use estore_contract::{
    Email, UserId,
    verification::{Locale, Purpose, VerificationRequest},
};
use estore_kit::{
    metrics::Waiting,
    pg,
    trace::{self, Cause},
};
use serde_json::Map;
use sqlx::{PgConnection, PgExecutor, PgPool, Row, types::Json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How many mails of one purpose an address gets in an hour.
const HOURLY: i64 = 5;
/// How many of its mails of [`Purpose::Email`] registering may take, and how many asking for one again: neither uses up what the other
/// needs.
const FIRST: i64 = 4;
const AGAIN: i64 = 3;

/// A mail to ask for.
#[derive(Debug)]
pub struct Mail<'a> {
    /// Its id, and the name by which the Verification Service tells a repeat.
    pub id: Uuid,
    /// Whose.
    pub user: UserId,
    /// To where.
    pub email: &'a Email,
    /// What for.
    pub purpose: Purpose,
    /// What the template calls the owner.
    pub name: &'a str,
    /// What happened, in a security notice.
    pub notice: Option<Notice>,
    /// In which language.
    pub locale: Locale,
}

/// What owners are told of their accounts.
#[derive(Debug, Clone, Copy)]
pub enum Notice {
    /// There is a new password.
    PasswordChanged,
}

impl Notice {
    const fn text(self, locale: Locale) -> &'static str {
        match (self, locale) {
            (Self::PasswordChanged, Locale::En) => "your password was changed",
            (Self::PasswordChanged, Locale::De) => "Ihr Passwort wurde geändert",
        }
    }
}

/// Puts a mail in the outbox, unless the address got its share of the hour for this purpose. Notices have no share: somebody who knows the
/// password causes them, and a flood of other mails must not keep them back. Within a transaction.
pub async fn push(db: &mut PgConnection, mail: Mail<'_>, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    write(db, mail, Kind { again: false, pretended: false }, now).await
}

/// Puts a mail in the outbox that anybody asks for by the address alone, as [`push`] does. What is asked for again has a share of its own.
pub async fn push_link(
    db: &mut PgConnection,
    mail: Mail<'_>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    write(db, mail, Kind { again: true, pretended: false }, now).await
}

/// Does the work of [`push_link`] for an address that gets no mail, so that nobody learns from the time whether it has an account: a row
/// that is never sent, and counts for nothing that is.
pub async fn pretend(
    db: &mut PgConnection,
    id: Uuid,
    email: &Email,
    purpose: Purpose,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let (user, locale) = (UserId(Uuid::nil()), Locale::En);
    let mail = Mail { id, user, email, purpose, name: "", notice: None, locale };
    write(db, mail, Kind { again: true, pretended: true }, now).await
}

/// What a row is counted as.
#[derive(Debug, Clone, Copy)]
struct Kind {
    again: bool,
    pretended: bool,
}

/// How many rows of an hour there may be of a purpose, and how many of them of a kind.
const fn shares(purpose: Purpose, kind: Kind) -> (i64, i64) {
    match purpose {
        Purpose::SecurityNotice | Purpose::EmailChangeAsked | Purpose::EmailChanged => (i64::MAX, i64::MAX),
        Purpose::Email => (HOURLY, if kind.again { AGAIN } else { FIRST }),
        _ => (HOURLY, HOURLY),
    }
}

async fn write(
    db: &mut PgConnection,
    mail: Mail<'_>,
    kind: Kind,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let (share, own) = shares(mail.purpose, kind);
    let request = request(&mail);
    let written = async {
        take_turn(db, mail.email).await?;
        sqlx::query(
            "INSERT INTO outbox (id, email, request, due_at, created_at, sent_at, trace, again, pretended)
             SELECT $1, $2, $3, $4, $4, CASE WHEN $8 THEN $4 END, $6, $7, $8
             WHERE (SELECT count(*) < $10 AND count(*) FILTER (WHERE again = $7) < $11 FROM outbox
                WHERE email = $2 AND purpose = $9 AND pretended = $8 AND created_at > $5)",
        )
        .bind(mail.id)
        .bind(mail.email.as_str())
        .bind(Json(request))
        .bind(now)
        .bind(now - Duration::hours(1))
        .bind(Cause::now().map(|cause| cause.to_string()))
        .bind(kind.again)
        .bind(kind.pretended)
        .bind(mail.purpose.as_str())
        .bind(share)
        .bind(own)
        .execute(db)
        .await
    };
    trace::send("mails").run(written).await?;
    Ok(())
}

fn request(mail: &Mail<'_>) -> VerificationRequest {
    let mut data = Map::from_iter([("name".to_owned(), mail.name.into())]);
    if let Some(notice) = mail.notice {
        data.insert("notice".to_owned(), notice.text(mail.locale).into());
    }
    VerificationRequest {
        user_id: mail.user,
        email: Some(mail.email.clone()),
        purpose: mail.purpose,
        data,
        locale: mail.locale,
        idempotency_key: mail.id.to_string(),
    }
}

/// One after the other for each address, until the caller commits: of several at once none would count the others.
async fn take_turn(db: &mut PgConnection, email: &Email) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(email.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Drops the mails of an account that is closed.
pub async fn drop_of(db: impl PgExecutor<'_>, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM outbox WHERE request ->> 'user_id' = $1")
        .bind(user.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// A mail that this worker may send until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    /// Which.
    pub id: Uuid,
    /// What to ask.
    pub request: VerificationRequest,
    /// How often it was tried before.
    pub attempts: i32,
    /// Which trace put it there.
    pub cause: Option<Cause>,
}

/// Claims what is due, at most `limit`, until `lease` from now; other replicas skip it.
pub async fn claim(
    pool: &PgPool,
    limit: i64,
    lease: Duration,
    now: OffsetDateTime,
) -> Result<Vec<Claimed>, sqlx::Error> {
    let rows = sqlx::query(
        "UPDATE outbox SET due_at = $2, attempts = attempts + 1 WHERE id IN
            (SELECT id FROM outbox WHERE sent_at IS NULL AND due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING id, request, attempts, trace",
    )
    .bind(now)
    .bind(now + lease)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    let claimed = |row: &sqlx::postgres::PgRow| {
        let Json(request) = row.try_get("request")?;
        let cause = row.try_get::<Option<&str>, _>("trace")?.and_then(Cause::parse);
        Ok(Claimed { id: row.try_get("id")?, request, attempts: row.try_get("attempts")?, cause })
    };
    rows.iter().map(claimed).collect()
}

/// The Verification Service has it.
pub async fn done(db: impl PgExecutor<'_>, id: Uuid, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE outbox SET sent_at = $2 WHERE id = $1").bind(id).bind(now).execute(db).await?;
    Ok(())
}

/// It does not have it yet: again at `due`.
pub async fn postpone(db: impl PgExecutor<'_>, id: Uuid, due: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE outbox SET due_at = $2 WHERE id = $1").bind(id).bind(due).execute(db).await?;
    Ok(())
}

/// What waits.
pub async fn waiting(db: impl PgExecutor<'_>) -> Result<Waiting, sqlx::Error> {
    pg::waiting(db, "SELECT count(*) AS depth, min(created_at) AS oldest FROM outbox WHERE sent_at IS NULL")
        .await
}

/// Forgets what was sent before `before`.
pub async fn forget(db: impl PgExecutor<'_>, before: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM outbox WHERE sent_at < $1").bind(before).execute(db).await?;
    Ok(())
}
