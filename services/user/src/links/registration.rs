//! The link of a registration.

use estore_contract::{text::PersonName, verification::LinkOutcome};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error,
    store::{
        links::{self, Registration},
        sessions,
        users::{self, User},
    },
};

/// Applies the registration of this link to the account. Ends every other link and every session of
/// the account.
pub(super) async fn apply(
    db: &mut PgConnection,
    user: &User,
    mail: Uuid,
    registered: &Registration,
    now: OffsetDateTime,
) -> Result<LinkOutcome, Error> {
    let (id, locale) = (user.profile.id, registered.locale);
    // The rule for names may have become stricter since the registration.
    let name =
        PersonName::try_from(registered.name.clone()).unwrap_or_else(|_| PersonName::placeholder(locale));
    users::prove(&mut *db, id, &registered.password_hash, &name, locale, now).await?;
    sessions::end_all(&mut *db, id, None, now).await?;
    links::decide(db, id, mail, LinkOutcome::Verified, Some(&registered.password_hash), now).await?;
    Ok(LinkOutcome::Verified)
}
