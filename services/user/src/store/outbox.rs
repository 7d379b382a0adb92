//! Emails to request from the Verification Service. A row commits with the change that it reports;
//! the outbox job sends it.

use estore_contract::{
    Email, UserId,
    verification::{Locale, Purpose, VerificationRequest},
};
use estore_stores::queue::{Pace, Queue};
use serde_json::Map;
use sqlx::{PgConnection, PgExecutor, Row, types::Json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The queue of emails to request.
pub static QUEUE: Queue<VerificationRequest> = Queue {
    name: "mails",
    table: "outbox",
    id: "id",
    part: None,
    waiting: "sent_at IS NULL",
    since: "created_at",
    columns: "request",
    ahead: None,
    read: |row| row.try_get("request").map(|Json(request)| request),
    pace: Pace::PEER,
    patience: None,
};
/// Ends an email that the Verification Service has accepted.
pub const ACCEPTED: &str = "sent_at = $4";
/// The time for which the hourly limit counts an email.
const HOUR: Duration = Duration::hours(1);

/// The number of emails of one purpose that an address may get in an hour.
const HOURLY: i64 = 5;
/// The shares of [`Purpose::Email`] emails for registering and for requesting one again. Neither
/// uses up the emails that the other needs.
const FIRST: i64 = 4;
const AGAIN: i64 = 3;

/// An email to request.
#[derive(Debug)]
pub struct Mail<'a> {
    /// Its id, which is also the idempotency key for the Verification Service.
    pub id: Uuid,
    /// The account.
    pub user: UserId,
    /// The recipient's address.
    pub email: &'a Email,
    /// The purpose of the email.
    pub purpose: Purpose,
    /// The name of the owner in the template.
    pub name: &'a str,
    /// The event, in a security notice.
    pub notice: Option<Notice>,
    /// The language of the email.
    pub locale: Locale,
}

/// The events that owners are notified of.
#[derive(Debug, Clone, Copy)]
pub enum Notice {
    /// The password was replaced.
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

/// Puts an email in the outbox, unless the address has used up its hourly share for this purpose.
/// Must run within a transaction. Notices have no limit: only somebody who knows the password
/// causes them, and a flood of other emails must not hold them back.
pub async fn push(db: &mut PgConnection, mail: Mail<'_>, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    write(db, mail, Kind::default(), now).await
}

/// Puts an email in the outbox that another email has promised. It has no limit: only somebody who
/// holds a link causes it, once for each link.
pub async fn push_promised(
    db: &mut PgConnection,
    mail: Mail<'_>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    write(db, mail, Kind { promised: true, ..Kind::default() }, now).await
}

/// Puts an email in the outbox that anyone can request by the address alone, as [`push`] does.
/// Repeated requests have a share of their own.
pub async fn push_link(
    db: &mut PgConnection,
    mail: Mail<'_>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    write(db, mail, Kind { again: true, ..Kind::default() }, now).await
}

/// Does the work of [`push_link`] for an address that gets no email, so that the time does not
/// reveal whether it has an account. Writes a row that is never sent, and that does not count
/// against any email that is.
pub async fn pretend(
    db: &mut PgConnection,
    id: Uuid,
    email: &Email,
    purpose: Purpose,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let (user, locale) = (UserId(Uuid::nil()), Locale::En);
    let mail = Mail { id, user, email, purpose, name: "", notice: None, locale };
    write(db, mail, Kind { again: true, pretended: true, ..Kind::default() }, now).await
}

/// The share that a row counts against.
#[derive(Debug, Clone, Copy, Default)]
struct Kind {
    again: bool,
    pretended: bool,
    promised: bool,
}

/// Returns the most rows that an hour may have of a purpose, and the most of those for one kind.
const fn shares(purpose: Purpose, kind: Kind) -> (i64, i64) {
    match purpose {
        _ if kind.promised => (i64::MAX, i64::MAX),
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
    let insert = |trace: Option<String>| async move {
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
        .bind(now - HOUR)
        .bind(trace)
        .bind(kind.again)
        .bind(kind.pretended)
        .bind(mail.purpose.as_str())
        .bind(share)
        .bind(own)
        .execute(db)
        .await
    };
    QUEUE.enqueue(insert).await?;
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

/// Serialises writers for each address until the caller commits. Concurrent writers would not count
/// each other's rows.
async fn take_turn(db: &mut PgConnection, email: &Email) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(email.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes the emails of an account that is about to be erased: those that wait, and those to its
/// own address. Emails sent to other addresses count until their hour is over, but no longer name
/// the account. Otherwise a new account could write to those addresses at once.
pub async fn drop_of(db: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM outbox WHERE request ->> 'user_id' = $1
            AND (sent_at IS NULL OR email = (SELECT email FROM users WHERE id = $2))",
    )
    .bind(user.to_string())
    .bind(user.0)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "UPDATE outbox SET request = jsonb_build_object('purpose', purpose), trace = NULL
         WHERE request ->> 'user_id' = $1",
    )
    .bind(user.to_string())
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes emails that were accepted before the hour that the limits count.
pub async fn forget(db: impl PgExecutor<'_>, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM outbox WHERE sent_at < $1").bind(now - HOUR).execute(db).await?;
    Ok(())
}
