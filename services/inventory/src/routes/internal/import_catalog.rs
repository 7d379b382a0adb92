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
use estore_kit::{
    Problem,
    auth::{Peer, peers::Bootstrap},
    extract::{Json, parse_json, read_body},
};

use crate::{app::App, domain::wrong_in_line, import::Import, store::images};

/// How large an import may be, in bytes.
const LIMIT: usize = 32 * 1024 * 1024;

/// Writes pictures, categories and products, one a line. Nothing is written where a line is not valid. A repeat changes
/// nothing; stock is set only for SKUs that are new.
#[utoipa::path(put, path = "/internal/catalog", tag = "catalogue", security(("peer" = ["bootstrap"])),
    request_body(content = CatalogLine, content_type = "application/x-ndjson"), responses(
    (status = 200, description = "What was done", body = CatalogImported),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A line is not valid; it is named", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
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
    let line: CatalogLine = parse_json(line).map_err(|problem| {
        Problem::field(format!("lines[{at}]"), "is not a picture, category or product")
            .caused_by(format!("{problem:?}"))
    })?;
    let mut wrong = wrong_in_line(&line);
    for field in &mut wrong {
        field.field = format!("lines[{at}].{}", field.field);
    }
    if wrong.is_empty() { Ok(line) } else { Err(Problem::invalid(wrong)) }
}
