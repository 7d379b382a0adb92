//! `GET /admin/templates/{name}/{language}` and `POST /admin/templates/{name}/{language}`: the
//! template of an email.

use axum::{extract::Path, response::Response};
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

pub(super) async fn save(
    owner: Owner,
    Path(names): Path<(String, String)>,
    Kept(form): Kept<TemplateForm>,
) -> Result<Response, Error> {
    let (name, language) = read(&names)?;
    match owner.verification().put_template(name, &form.body(language)).await {
        Ok(_template) => {
            Flash::Saved.keep(&owner.jar);
            Ok(pages::go_to(&path(name, language)))
        }
        Err(error @ ApiError::Answered(_)) if error.is(422) => {
            let works_not = Texts::of(owner.locale).admin.mails.works_not;
            let reason = format!("{works_not} {}", refusal(&error, owner.locale));
            template::show(&owner, name, language, Some((form, reason))).await
        }
        Err(error) => Err(error.into()),
    }
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
