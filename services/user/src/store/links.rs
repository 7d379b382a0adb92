//! Links in emails: the effect of each, and its outcome.

use estore_contract::{
    Email, UserId,
    verification::{LinkOutcome, Locale},
};
use estore_stores::pg;
use sqlx::{PgExecutor, Row, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

/// The purpose of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Verifies the address, and gives the account the registered data.
    Registration,
    /// Gives the account this address.
    Move,
    /// Undoes a move, before or after it was made.
    Undo,
    /// Lets the owner replace a forgotten password.
    Reset,
}

/// The data registered with an address that is not verified yet.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The PHC string of the password.
    pub password_hash: String,
    /// The name as it was sent.
    pub name: String,
    /// The language of emails.
    pub locale: Locale,
}

/// The registrations of an account that wait for a press.
#[derive(Debug)]
pub enum Registrations {
    /// None waits.
    None,
    /// All waiting links carry this one, and an email with it was sent.
    One(Registration),
    /// Several wait, or one that no email carried. That one may have replaced another.
    Several,
}

/// A link to be sent by email.
#[derive(Debug)]
pub struct NewLink<'a> {
    /// The email's id in the outbox.
    pub mail: Uuid,
    /// The account.
    pub user: UserId,
    /// The purpose of the link.
    pub kind: Kind,
    /// The address that the email is sent to.
    pub email: &'a Email,
    /// The registered data. Only registrations have it.
    pub registration: Option<&'a Registration>,
}

/// A link that was sent by email.
#[derive(Debug, Clone)]
pub struct Link {
    /// The email's id in the outbox.
    pub mail: Uuid,
    /// The purpose of the link.
    pub kind: Kind,
    /// The registered data, as long as a registration waits.
    pub registration: Option<Registration>,
    /// The hash of the password that the link has set.
    pub password_hash: Option<String>,
    /// The outcome of the link, or `None` while it waits.
    pub outcome: Option<LinkOutcome>,
}

/// Stores a link if its email is in the outbox. The latest registration or move of each account is
/// stored even without an email. If a stranger uses up an address's emails, its owner's
/// registration still counts among the waiting ones. And whoever requests a move must not learn
/// from the pending address which emails the address has got.
pub async fn add(db: impl PgExecutor<'_>, link: NewLink<'_>, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    let registration = link.registration;
    sqlx::query(
        "INSERT INTO mailed_links (mail, user_id, kind, email, password_hash, name, locale, created_at, mailed)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, is_mailed FROM (SELECT EXISTS (SELECT FROM outbox WHERE id = $1) AS is_mailed) m
         WHERE is_mailed OR $3 IN ('registration', 'move')
         ON CONFLICT (user_id) WHERE NOT mailed DO UPDATE SET mail = excluded.mail, kind = excluded.kind, email = excluded.email,
            password_hash = excluded.password_hash, name = excluded.name, locale = excluded.locale,
            created_at = excluded.created_at, ended_at = NULL, outcome = NULL",
    )
    .bind(link.mail)
    .bind(link.user.0)
    .bind(kind(link.kind))
    .bind(link.email.as_str())
    .bind(registration.map(|registration| registration.password_hash.as_str()))
    .bind(registration.map(|registration| registration.name.as_str()))
    .bind(registration.map(|registration| registration.locale.as_str()))
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Returns the link in the email `mail`, which was sent to `email`.
pub async fn find(
    db: impl PgExecutor<'_>,
    user: UserId,
    email: &Email,
    mail: Uuid,
) -> Result<Option<Link>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM mailed_links WHERE mail = $1 AND user_id = $2 AND email = $3")
        .bind(mail)
        .bind(user.0)
        .bind(email.as_str())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(link).transpose()
}

/// Reports whether the link in the email `mail` is waiting to be pressed. For an email from before
/// `mailed_links`, reports whether any link of the account is.
pub async fn waits(db: impl PgExecutor<'_>, user: UserId, mail: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT coalesce((SELECT outcome IS NULL FROM mailed_links WHERE mail IN ($1, $2) AND user_id = $2
            ORDER BY mail = $1 DESC LIMIT 1), false)",
    )
    .bind(mail)
    .bind(user.0)
    .fetch_one(db)
    .await
}

/// Assigns the row that stands for all links of an account from before `mailed_links` to the link
/// that is pressed first. That row is named by the account's id. The caller holds the lock on the
/// account.
pub async fn adopt(
    db: impl PgExecutor<'_>,
    user: UserId,
    email: &Email,
    mail: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE mailed_links SET mail = $3 WHERE mail = $1 AND email = $2 AND outcome IS NULL
            AND NOT EXISTS (SELECT FROM mailed_links WHERE mail = $3)",
    )
    .bind(user.0)
    .bind(email.as_str())
    .bind(mail)
    .execute(db)
    .await?;
    Ok(())
}

/// Ends the link in the email `mail` with its outcome and the password that it set. Ends every
/// other link of the account too. Links that undo a move survive the outcomes of other links. An
/// attacker who moved an account away must not be able to end them, not even by a second move and
/// its undoing. So a link that moved the account back ends those of its own and of later addresses.
pub async fn decide(
    db: impl PgExecutor<'_>,
    user: UserId,
    mail: Uuid,
    outcome: LinkOutcome,
    password_hash: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE mailed_links l SET outcome = coalesce(outcome, CASE WHEN mail = $2 THEN $3 ELSE 'superseded' END),
            ended_at = coalesce(ended_at, $5), password_hash = CASE WHEN mail = $2 THEN $4 END, name = NULL, locale = NULL
         WHERE user_id = $1 AND (mail = $2 OR kind <> 'undo' OR $3 = 'reverted' AND EXISTS (
            SELECT FROM mailed_links pressed WHERE pressed.mail = $2
                AND (pressed.email = l.email OR (pressed.created_at, pressed.mail) < (l.created_at, l.mail))))",
    )
    .bind(user.0)
    .bind(mail)
    .bind(outcome.as_str())
    .bind(password_hash)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Ends every link of an account, except those that undo a move.
pub async fn void(db: impl PgExecutor<'_>, user: UserId, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    // No email has this id.
    decide(db, user, Uuid::nil(), LinkOutcome::Superseded, None, now).await
}

/// Ends the links that would move an account.
pub async fn stop_moves(
    db: impl PgExecutor<'_>,
    user: UserId,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE mailed_links SET outcome = 'superseded', ended_at = $2
         WHERE user_id = $1 AND kind = 'move' AND outcome IS NULL",
    )
    .bind(user.0)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Ends one link alone.
pub async fn end(
    db: impl PgExecutor<'_>,
    mail: Uuid,
    outcome: LinkOutcome,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE mailed_links SET outcome = $2, ended_at = $3 WHERE mail = $1 AND outcome IS NULL")
        .bind(mail)
        .bind(outcome.as_str())
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Returns the waiting registrations of an account that is not verified. Each registration has a
/// hash of its own, because hashes are salted. Links that repeat a registration have the same hash.
pub async fn registrations(db: impl PgExecutor<'_>, user: UserId) -> Result<Registrations, sqlx::Error> {
    let row = sqlx::query(
        "WITH waiting AS (SELECT * FROM mailed_links WHERE user_id = $1 AND kind = 'registration' AND outcome IS NULL)
         SELECT *, (SELECT count(DISTINCT password_hash) = 1 AND bool_or(mailed) FROM waiting) AS is_one
         FROM waiting LIMIT 1",
    )
    .bind(user.0)
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(Registrations::None) };
    let is_one: bool = row.try_get("is_one")?;
    let registration = link(&row)?.registration.filter(|_| is_one);
    Ok(registration.map_or(Registrations::Several, Registrations::One))
}

/// Returns the address that an account will move to once that address is verified.
pub async fn moving_to(db: impl PgExecutor<'_>, user: UserId) -> Result<Option<Email>, sqlx::Error> {
    let email: Option<String> = sqlx::query_scalar(
        "SELECT email FROM mailed_links WHERE user_id = $1 AND kind = 'move' AND outcome IS NULL
         ORDER BY created_at DESC LIMIT 1",
    )
    .bind(user.0)
    .fetch_optional(db)
    .await?;
    email.map(|email| email.parse()).transpose().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// Deletes links created before `before`. A waiting registration stays as long as its account.
pub async fn forget(db: impl PgExecutor<'_>, before: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM mailed_links WHERE created_at < $1 AND (kind <> 'registration' OR outcome IS NOT NULL)",
    )
    .bind(before)
    .execute(db)
    .await?;
    Ok(())
}

fn link(row: &PgRow) -> Result<Link, sqlx::Error> {
    let name: &str = row.try_get("kind")?;
    let kinds = [Kind::Registration, Kind::Move, Kind::Undo, Kind::Reset];
    let kind = kinds.into_iter().find(|known| kind(*known) == name);
    let password_hash: Option<String> = row.try_get("password_hash")?;
    let registration = match (&password_hash, row.try_get("name")?, pg::parsed_if_any(row, "locale")?) {
        (Some(hash), Some(name), Some(locale)) => {
            Some(Registration { password_hash: hash.clone(), name, locale })
        }
        _ => None,
    };
    Ok(Link {
        mail: row.try_get("mail")?,
        kind: kind.ok_or_else(|| sqlx::Error::Decode(format!("no such kind of link: {name}").into()))?,
        registration,
        password_hash,
        outcome: pg::parsed_if_any(row, "outcome")?,
    })
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Registration => "registration",
        Kind::Move => "move",
        Kind::Undo => "undo",
        Kind::Reset => "reset",
    }
}
