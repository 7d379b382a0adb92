//! `GET /admin/templates/{name}/{language}` and `POST /admin/templates/{name}/{language}`: the
//! template of an email.

use axum::{extract::Path, http::StatusCode, response::Response};
use estore_contract::verification::{Locale, Purpose};

use crate::{
    Error,
    api::ApiError,
    pages::{
        self,
        admin::template::{self, TemplateForm},
    },
    session::Flash,
    texts::{Texts, admin::refusal},
    web::{Kept, Owner},
};

pub(super) async fn show(owner: Owner, Path(names): Path<(String, String)>) -> Result<Response, Error> {
    let (name, language) = read(&names)?;
    template::show(&owner, name, language, None).await
}

/// Saves a version only if nobody else did since the form was shown. The service checks no version,
/// so a change between the two calls is still overwritten.
pub(super) async fn save(
    Path(names): Path<(String, String)>,
    Kept(owner, mut form): Kept<Owner, TemplateForm>,
) -> Result<Response, Error> {
    let (name, language) = read(&names)?;
    let body = form.body(language);
    let now = template::stored(&owner, name, language).await?;
    // A form whose answer was lost finds its own version.
    if (&now.subject, &now.text, &now.html) == (&body.subject, &body.text, &body.html) {
        return Ok(saved(&owner, name, language));
    }
    if now.version.to_string() != form.version {
        // Only here does the form get the present version: the next attempt overwrites on purpose.
        form.version = now.version.to_string();
        let reason = Texts::of(owner.locale).admin.mails.conflict.to_owned();
        return template::show(&owner, name, language, Some((StatusCode::CONFLICT, form, reason))).await;
    }
    match owner.verification().put_template(name, &body).await {
        Ok(_template) => Ok(saved(&owner, name, language)),
        Err(error @ ApiError::Answered(_)) if error.is(422) => {
            let works_not = Texts::of(owner.locale).admin.mails.works_not;
            let reason = format!("{works_not} {}", refusal(&error, owner.locale));
            let sent = (StatusCode::UNPROCESSABLE_ENTITY, form, reason);
            template::show(&owner, name, language, Some(sent)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Leads to the template, which is as the form wants it.
fn saved(owner: &Owner, name: Purpose, language: Locale) -> Response {
    Flash::Saved.keep(&owner.jar);
    pages::go_to(&path(name, language))
}

/// Reads a template's name and language from a path.
pub(super) fn read((name, language): &(String, String)) -> Result<(Purpose, Locale), Error> {
    let parsed = name.parse().ok().zip(language.parse().ok());
    parsed.ok_or(Error::NotFound)
}

/// Returns the path of a template's page.
pub(super) fn path(name: Purpose, language: Locale) -> String {
    format!("/admin/templates/{}/{}", name.as_str(), language.as_str())
}
