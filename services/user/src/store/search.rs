//! The texts in which searches find accounts. A trigger marks an account whose name or address
//! changes, whatever release writes it, and a job writes its text again.

use estore_contract::{Email, FOLDING, UserId, text::PersonName};
use estore_stores::pg;
use sqlx::{PgConnection, PgExecutor, Row, postgres::PgRow};
use uuid::Uuid;

/// An account whose text is missing or out of date.
#[derive(Debug)]
pub struct Unfolded {
    /// The account.
    pub user: UserId,
    pub name: PersonName,
    pub email: Email,
}

/// Locks at most `limit` accounts whose text is missing, out of date, or of an earlier folding.
/// Other workers skip the locked accounts.
pub async fn lock_unfolded(db: &mut PgConnection, limit: i64) -> Result<Vec<Unfolded>, sqlx::Error> {
    // The order makes the planner use the index, also before it has statistics of a new column.
    let rows = sqlx::query(
        "SELECT id, name, email FROM users WHERE folding < $1 ORDER BY folding LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind(i64::from(FOLDING))
    .bind(limit)
    .fetch_all(db)
    .await?;
    let unfolded = |row: &PgRow| {
        let name = PersonName::kept(row.try_get("name")?);
        Ok(Unfolded { user: UserId(row.try_get("id")?), name, email: pg::parsed(row, "email")? })
    };
    rows.iter().map(unfolded).collect()
}

/// Writes the texts of accounts, made by the folding of this version.
pub async fn write(db: impl PgExecutor<'_>, texts: &[(UserId, String)]) -> Result<(), sqlx::Error> {
    let (ids, texts): (Vec<Uuid>, Vec<&str>) =
        texts.iter().map(|(user, text)| (user.0, text.as_str())).unzip();
    sqlx::query(
        "UPDATE users SET searchable = folded.text, folding = $3
         FROM unnest($1::uuid[], $2::text[]) AS folded (id, text) WHERE users.id = folded.id",
    )
    .bind(ids)
    .bind(texts)
    .bind(i64::from(FOLDING))
    .execute(db)
    .await?;
    Ok(())
}
