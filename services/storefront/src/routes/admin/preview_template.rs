//! `GET /admin/templates/{name}/{language}/preview` and
//! `POST /admin/templates/{name}/{language}/preview`: the content of the frame beside a template,
//! as stored or as sent.

use axum::{extract::Path, response::Response};
use estore_contract::verification::TemplateBody;

use super::mail_template::read;
use crate::{
    Error,
    pages::admin::template::{self, TemplateForm},
    web::{Owner, Post},
};

pub(super) async fn stored(owner: Owner, Path(names): Path<(String, String)>) -> Result<Response, Error> {
    let (name, locale) = read(&names)?;
    let stored = template::stored(&owner, name, locale).await?;
    let body = TemplateBody { locale, subject: stored.subject, text: stored.text, html: stored.html };
    template::preview(&owner, name, &body).await
}

pub(super) async fn sent(
    owner: Owner,
    Path(names): Path<(String, String)>,
    Post(form): Post<TemplateForm>,
) -> Result<Response, Error> {
    let (name, locale) = read(&names)?;
    template::preview(&owner, name, &form.body(locale)).await
}
