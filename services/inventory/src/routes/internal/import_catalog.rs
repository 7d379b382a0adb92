//! `PUT /internal/catalog`.

use std::collections::HashMap;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use estore_contract::{
    Code, ErrorBody, FieldError, Sku,
    inventory::{CatalogImported, CatalogLine, ProductBody},
};
use estore_kit::{
    Problem,
    auth::{Peer, peers::Bootstrap},
    extract::{Json, parse_json, read_body},
};

use crate::{
    Error,
    app::App,
    domain::{stored_name, wrong_in_line},
    store::{
        catalog::{self, Write, Written},
        categories, images,
    },
};

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
    let mut import = Import { app: &app, names, done: CatalogImported::default() };
    for (at, line) in lines.into_iter().enumerate() {
        import.line(at, line).await?;
    }
    Ok(Json(import.done))
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

struct Import<'a> {
    app: &'a App,
    /// The stored name of each picture file.
    names: HashMap<String, String>,
    done: CatalogImported,
}

impl Import<'_> {
    async fn line(&mut self, at: usize, line: CatalogLine) -> Result<(), Problem> {
        match line {
            CatalogLine::Image { name, content_type, data } => {
                let data = STANDARD.decode(data).unwrap_or_default();
                if self.names.get(&name) != Some(&stored_name(&name, &data)) {
                    let stored = images::write(&self.app.redis, &name, &content_type, &data).await?;
                    self.names.insert(name, stored);
                }
                self.done.images += 1;
            }
            CatalogLine::Category { slug, name, parent } => {
                categories::write(&self.app.redis, &slug, &name, parent.as_ref()).await?;
                self.done.categories += 1;
            }
            CatalogLine::Product {
                sku,
                name,
                description,
                price,
                category,
                tags,
                images,
                attributes,
                stock,
            } => {
                let unknown = |file: &String| {
                    Error::Invalid(vec![FieldError::new(
                        format!("lines[{at}].images"),
                        format!("{file} is no picture"),
                    )])
                };
                let path = |file: &String| {
                    self.names.get(file).map(|name| format!("/images/{name}")).ok_or_else(|| unknown(file))
                };
                let images = images.iter().map(path).collect::<Result<Vec<_>, _>>()?;
                self.product(
                    &sku,
                    ProductBody { name, description, price, category, tags, images, attributes },
                    stock,
                )
                .await?;
            }
        }
        Ok(())
    }

    async fn product(&mut self, sku: &Sku, body: ProductBody, stock: u32) -> Result<(), Error> {
        match catalog::write(&self.app.redis, sku, body, Write::Import(stock)).await? {
            Written::Created => self.done.products_created += 1,
            Written::Updated => self.done.products_updated += 1,
            Written::Unchanged => self.done.products_unchanged += 1,
        }
        Ok(())
    }
}
