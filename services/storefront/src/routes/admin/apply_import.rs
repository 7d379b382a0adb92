//! `POST /admin/import/apply`: makes the changes of a table.

use axum::response::Response;

use crate::{
    Error,
    pages::admin::import::{self, TableForm},
    texts::Texts,
    web::Owner,
};

pub(super) async fn apply(owner: Owner, form: TableForm) -> Result<Response, Error> {
    match form.bytes("table") {
        Some(table) => import::apply(&owner, table, form.text("fingerprint")).await,
        None => import::ask(&owner, Some(Texts::of(owner.locale).admin.tables.no_file.to_owned())),
    }
}
