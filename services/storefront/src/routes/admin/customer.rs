//! `GET /admin/customers/{id}` and `POST /admin/customers/{id}`: one customer, and a change of role
//! or status.

use axum::{extract::Path, response::Response};
use estore_contract::{UserId, user::UserPatch};
use serde::Deserialize;

use crate::{
    Error,
    api::ApiError,
    pages::{self, admin::customer},
    session::Flash,
    texts::admin::refusal,
    web::{Owner, Post},
};

pub(super) async fn show(owner: Owner, Path(id): Path<String>) -> Result<Response, Error> {
    let id: UserId = id.parse().map_err(|_invalid| Error::NotFound)?;
    customer::show(&owner, id, None).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    role: String,
    status: String,
}

/// Reads the change. A form has one of the two.
fn patch(fields: &Fields) -> Option<UserPatch> {
    match (fields.role.as_str(), fields.status.as_str()) {
        (role, "") => Some(UserPatch { role: Some(role.parse().ok()?), ..UserPatch::default() }),
        ("", status) => Some(UserPatch { status: Some(status.parse().ok()?), ..UserPatch::default() }),
        _ => None,
    }
}

pub(super) async fn change(
    owner: Owner,
    Path(id): Path<String>,
    Post(fields): Post<Fields>,
) -> Result<Response, Error> {
    let id: UserId = id.parse().map_err(|_invalid| Error::NotFound)?;
    let patch = patch(&fields).ok_or(Error::BadForm)?;
    match owner.user().patch_account(id, &patch).await {
        Ok(_profile) => {
            Flash::Saved.keep(&owner.jar);
            Ok(pages::go_to(&format!("/admin/customers/{id}")))
        }
        Err(error @ ApiError::Answered(_)) if error.is(409) => {
            customer::show(&owner, id, Some(refusal(&error, owner.locale))).await
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use estore_contract::{introspection::Role, user::UserStatus};

    use super::*;

    fn read(role: &str, status: &str) -> Option<UserPatch> {
        patch(&Fields { role: role.to_owned(), status: status.to_owned() })
    }

    #[test]
    fn form_changes_role_or_status() {
        assert_eq!(read("admin", "").unwrap().role, Some(Role::Admin));
        let disabled = read("", "disabled").unwrap();
        assert_eq!((disabled.role, disabled.status), (None, Some(UserStatus::Disabled)));
        for (role, status) in [("", ""), ("admin", "active"), ("owner", ""), ("", "closed")] {
            assert!(read(role, status).is_none(), "{role} {status}");
        }
    }
}
