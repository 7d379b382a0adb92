//! Templates. Each change is a new version, and the newest version counts.

use estore_contract::verification::{Locale, Purpose, Template, TemplateBody};
use estore_stores::pg;
use sqlx::{FromRow, PgExecutor, PgPool, Row, postgres::PgRow};

struct Stored(Template);

impl<'r> FromRow<'r, PgRow> for Stored {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self(Template {
            name: pg::parsed(row, "name")?,
            locale: pg::parsed(row, "locale")?,
            version: pg::count(row, "version")?,
            subject: row.try_get("subject")?,
            text: row.try_get("text")?,
            html: row.try_get("html")?,
        }))
    }
}

/// Returns the newest version of each template, or of one, in each language.
pub async fn list(db: impl PgExecutor<'_>, name: Option<Purpose>) -> Result<Vec<Template>, sqlx::Error> {
    let found: Vec<Stored> = sqlx::query_as("SELECT DISTINCT ON (name, locale) * FROM templates WHERE $1::text IS NULL OR name = $1 ORDER BY name, locale, version DESC")
        .bind(name.map(Purpose::as_str))
        .fetch_all(db)
        .await?;
    Ok(found.into_iter().map(|stored| stored.0).collect())
}

/// Returns at most `limit` templates for an email, the best first: those in its language, newest
/// first, then those in English.
pub async fn pick(
    db: impl PgExecutor<'_>,
    name: Purpose,
    locale: Locale,
    limit: i64,
) -> Result<Vec<Template>, sqlx::Error> {
    let found: Vec<Stored> = sqlx::query_as("SELECT * FROM templates WHERE name = $1 AND locale IN ($2, 'en') ORDER BY locale = $2 DESC, version DESC LIMIT $3")
        .bind(name.as_str())
        .bind(locale.as_str())
        .bind(limit)
        .fetch_all(db)
        .await?;
    Ok(found.into_iter().map(|stored| stored.0).collect())
}

/// Returns one version of a template in one language.
pub async fn read(
    db: impl PgExecutor<'_>,
    name: Purpose,
    locale: Locale,
    version: u32,
) -> Result<Option<Template>, sqlx::Error> {
    let found: Option<Stored> =
        sqlx::query_as("SELECT * FROM templates WHERE name = $1 AND locale = $2 AND version = $3")
            .bind(name.as_str())
            .bind(locale.as_str())
            .bind(i64::from(version))
            .fetch_optional(db)
            .await?;
    Ok(found.map(|stored| stored.0))
}

/// Adds a version. Concurrent writers get different numbers: the key rejects the second writer,
/// which then counts again.
pub async fn write(pool: &PgPool, name: Purpose, body: &TemplateBody) -> Result<Template, sqlx::Error> {
    loop {
        let stored: Option<Stored> = sqlx::query_as(
            "INSERT INTO templates (name, locale, version, subject, text, html)
             SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 FROM templates WHERE name = $1 AND locale = $2
             ON CONFLICT DO NOTHING RETURNING *",
        )
        .bind(name.as_str())
        .bind(body.locale.as_str())
        .bind(&body.subject)
        .bind(&body.text)
        .bind(&body.html)
        .fetch_optional(pool)
        .await?;
        if let Some(stored) = stored {
            return Ok(stored.0);
        }
    }
}
