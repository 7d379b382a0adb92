//! `PUT /internal/catalog`.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
};
use estore_contract::{
    Code, ErrorBody,
    inventory::{CatalogImported, CatalogLine},
};
use estore_server::{
    Problem,
    auth::{Peer, peers::Bootstrap},
    extract::{Json, parse_json, read_body},
};

use crate::{app::App, domain::wrong_in_line, import::Import, store::images};

/// The largest import, in bytes.
const LIMIT: usize = 32 * 1024 * 1024;

/// Writes images, categories and products, one on each line.
///
/// Nothing is written if a line fails the checks of its own fields. A line that names a missing
/// image or category is rejected too, but earlier lines may be written by then. A repeat changes
/// nothing. Stock is set only for new SKUs.
#[utoipa::path(put, path = "/internal/catalog", tag = "catalogue", security(("peer" = ["bootstrap"])),
    request_body(content = CatalogLine, content_type = "application/x-ndjson"), responses(
    (status = 200, description = "The counts", body = CatalogImported),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/x-ndjson`", body = ErrorBody),
    (status = 422, description = "A line is not valid; it is named", body = ErrorBody),
))]
pub(super) async fn import_catalog(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<CatalogImported>, Problem> {
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/x-ndjson") {
        return Err(Problem::new(Code::UnsupportedMediaType, "Send the lines as application/x-ndjson."));
    }
    let body = read_body(body, LIMIT).await?;
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let lines: Vec<CatalogLine> =
        lines.enumerate().map(|(at, line)| parse(at, line)).collect::<Result<_, _>>()?;
    let names = images::names(&app.redis).await.map_err(Problem::from)?;
    let mut import = Import::new(&app, names);
    for (at, line) in lines.into_iter().enumerate() {
        import.line(at, line).await?;
    }
    Ok(Json(import.finish().await?))
}

fn parse(at: usize, line: &[u8]) -> Result<CatalogLine, Problem> {
    let line: CatalogLine = parse_json(line).map_err(|problem| match problem.code() {
        Code::InternalError => problem,
        _ => Problem::field(format!("lines[{at}]"), "is not a picture, category or product")
            .caused_by(format!("{problem:?}")),
    })?;
    let mut wrong = wrong_in_line(&line);
    for field in &mut wrong {
        field.field = format!("lines[{at}].{}", field.field);
    }
    if wrong.is_empty() { Ok(line) } else { Err(Problem::invalid(wrong)) }
}
