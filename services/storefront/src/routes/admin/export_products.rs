//! `GET /admin/products.csv`: all products as a table, page by page as they are read.

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use estore_contract::inventory::ProductStatus;
use futures::stream;

use crate::{
    Error,
    api::admin::CatalogueQuery,
    pages::admin::csv,
    web::{Owner, Visitor},
};

/// The products that a call reads.
const LIMIT: u32 = 100;

/// A place in the export: a page of the products for sale, and of the archived ones after them.
struct Place {
    visitor: Visitor,
    query: CatalogueQuery,
}

/// Begins only when the first page is read, so that a catalogue that is away gets a page that says
/// so. If it goes away later, the download breaks off, and is not taken for the whole.
pub(super) async fn export(owner: Owner) -> Result<Response, Error> {
    let query = CatalogueQuery { limit: Some(LIMIT), ..CatalogueQuery::default() };
    let place = Place { visitor: owner.clone(), query };
    let (first, place) = next(place).await?;
    let header = csv::header().map_err(|error| Error::Template(error.to_string()))?;
    let begin = stream::iter([Ok(Bytes::from(header)), Ok(first)]);
    let rest = stream::try_unfold(place, async |place| match place {
        None => Ok::<_, Error>(None),
        Some(place) => next(place).await.map(Some),
    });
    let body = Body::from_stream(futures::StreamExt::chain(begin, rest));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"products.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

/// Reads the lines of a page, and the place of the next one.
async fn next(place: Place) -> Result<(Bytes, Option<Place>), Error> {
    let Place { visitor, mut query } = place;
    let found = visitor.inventory().catalogue(&query).await?;
    let lines = csv::lines(&found.items).map_err(|error| Error::Template(error.to_string()))?;
    let next = match (found.next_cursor, query.status) {
        (Some(cursor), _) => {
            query.cursor = Some(cursor);
            Some(query)
        }
        (None, None) => {
            let status = Some(ProductStatus::Archived);
            Some(CatalogueQuery { status, limit: Some(LIMIT), ..CatalogueQuery::default() })
        }
        (None, Some(_)) => None,
    };
    Ok((lines.into(), next.map(|query| Place { visitor, query })))
}
