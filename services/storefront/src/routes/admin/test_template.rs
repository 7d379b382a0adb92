//! `POST /admin/templates/{name}/{language}/test`: sends the stored template to the admin.

use axum::{extract::Path, response::Response};

use super::mail_template::{path, read};
use crate::{
    Error, pages,
    session::Flash,
    web::{NoFields, Owner, Post},
};

pub(super) async fn send(
    owner: Owner,
    Path(names): Path<(String, String)>,
    Post(NoFields {}): Post<NoFields>,
) -> Result<Response, Error> {
    let (name, language) = read(&names)?;
    owner.verification().send_sample(name, language).await?;
    Flash::SampleSent.keep(&owner.jar);
    Ok(pages::go_to(&path(name, language)))
}
