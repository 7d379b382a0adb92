//! Security notices: what an owner is told by mail of changes to their account.

use estore_contract::{user::Profile, verification::Purpose};
use estore_kit::random;
use sqlx::PgConnection;

use crate::{
    Error,
    app::App,
    store::outbox::{self, Mail, Notice},
};

/// Tells the owner, at the address that `profile` has.
pub(super) async fn push(
    app: &App,
    transaction: &mut PgConnection,
    profile: &Profile,
    notice: Notice,
) -> Result<(), Error> {
    let mail = Mail {
        id: random::uuid_v7(app.clock.as_ref()),
        user: profile.id,
        email: &profile.email,
        purpose: Purpose::SecurityNotice,
        name: profile.name.as_str(),
        notice: Some(notice),
        locale: profile.locale,
    };
    Ok(outbox::push(transaction, mail, app.clock.now()).await?)
}
