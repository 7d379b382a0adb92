//! `GET /admin/import` and `POST /admin/import`: a table of products, and what it would change.

use axum::response::Response;

use crate::{
    Error,
    pages::admin::import::{self, TableForm},
    texts::Texts,
    web::Owner,
};

pub(super) async fn show(owner: Owner) -> Result<Response, Error> {
    import::ask(&owner, None)
}

pub(super) async fn plan(owner: Owner, form: TableForm) -> Result<Response, Error> {
    match form.bytes("table") {
        Some(table) => import::plan(&owner, table).await,
        None => import::ask(&owner, Some(Texts::of(owner.locale).admin.tables.no_file.to_owned())),
    }
}
