//! Sample emails, which admins send to themselves to see a template in their own email program.

use estore_base::random;
use estore_contract::{
    PeerName, VerificationId,
    introspection::Principal,
    verification::{Purpose, SampleRequest, Template, TemplateBody, VerificationRequest},
};

use crate::{
    Error,
    app::App,
    domain::sample_data,
    store::{
        templates as stored,
        verifications::{self, NewMail},
    },
    templates,
};

/// Puts a sample of a template in the outbox, addressed to `admin`, and wakes the job that sends
/// it.
pub(crate) async fn send(
    app: &App,
    admin: &Principal,
    name: Purpose,
    request: SampleRequest,
) -> Result<VerificationId, Error> {
    let locale = request.locale.unwrap_or(admin.locale);
    let found = match request.version {
        Some(version) => stored::read(&app.database, name, locale, version).await?,
        None => stored::pick(&app.database, name, locale, 1).await?.pop(),
    };
    let Template { locale, version, subject, text, html, .. } = found.ok_or(Error::NotFound)?;
    templates::fill(app, name, &TemplateBody { locale, subject, text, html })?;
    let mut data = sample_data(name, &app.shop);
    data.insert("name".to_owned(), admin.name.as_str().into());
    let key = random::uuid_v7(app.clock.as_ref()).to_string();
    let request = VerificationRequest {
        user_id: admin.user_id,
        email: None,
        purpose: name,
        data,
        locale,
        idempotency_key: key.clone(),
    };
    let mail = NewMail {
        id: VerificationId(random::uuid_v7(app.clock.as_ref())),
        email: admin.email.clone(),
        request,
        sample_version: Some(version),
    };
    let accepted =
        verifications::accept(&app.database, PeerName::Verification, &[mail], app.clock.now()).await?;
    app.mail.notify_one();
    tracing::info!(admin = %admin.user_id, template = name.as_str(), version, "sample email requested");
    // The account was erased a moment ago.
    accepted.get(&key).copied().ok_or(Error::NotFound)
}
