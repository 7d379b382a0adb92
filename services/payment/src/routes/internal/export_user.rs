//! `GET /internal/users/{id}/export`.

use std::mem;

use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use estore_contract::{
    OrderId, UserId,
    payment::{Refund, Transaction},
    privacy::PaymentExport,
};
use estore_server::{
    Problem,
    auth::{Peer, peers::User},
    extract::Path,
};
use estore_stores::redis::{Redis, StreamId};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use serde::Serialize;

use crate::{
    Error,
    app::App,
    domain::StoredCard,
    store::{
        ledger,
        listed::{self, Listed, Wanted},
        methods, refunds,
    },
};

/// The number of items that are read at once and kept in memory.
const PAGE: usize = 100;

/// Exports all data that this service holds about a person. Archived orders are not included,
/// because they are in the files of the archive; their ledger entries are. The response is
/// streamed. If a read fails, the connection closes before the body is complete.
#[utoipa::path(get, path = "/internal/users/{id}/export", tag = "internal", security(("peer" = ["user"])), params(("id" = UserId, Path, description = "The account")), responses(
    (status = 200, description = "The user's data; empty if no user has the id", body = PaymentExport),
))]
pub(super) async fn export_user(
    State(app): State<App>,
    _peer: Peer<User>,
    Path(id): Path<UserId>,
) -> Result<Response, Problem> {
    app.epoch.guard().await?;
    let epoch = app.epoch.expected()?;
    // Read before the response begins. If the store refuses, the client gets an error status and
    // not half a document.
    let first = methods::list(&app.redis, id, None, PAGE).await?;
    let text = |text: &str| stream::iter([Ok(text.to_owned())]);
    let body = text("{\"payment_methods\":[")
        .chain(items(all_cards(app.redis.clone(), id, first), |card, text| {
            text.push_str(&json(&card.view())?);
            Ok(())
        }))
        .chain(text("],\"orders\":["))
        .chain(items(all_orders(app.redis.clone(), epoch, id), |order: &Listed, text| order.write(text)))
        .chain(text("],\"transactions\":["))
        .chain(items(all_entries(app.redis.clone(), id), |entry, text| {
            text.push_str(&json(entry)?);
            Ok(())
        }))
        .chain(text("],\"refunds\":["))
        .chain(items(all_refunds(app.redis.clone(), epoch, id), |refund, text| {
            text.push_str(&json(refund)?);
            Ok(())
        }))
        .chain(text("]}"));
    Ok(([(header::CONTENT_TYPE, "application/json")], Body::from_stream(body)).into_response())
}

/// Streams the user's cards, newest first, page by page after the first.
fn all_cards(
    redis: Redis,
    user: UserId,
    first: (Vec<StoredCard>, Option<methods::Place>),
) -> impl Stream<Item = Result<Vec<StoredCard>, Error>> {
    let (first, place) = first;
    let rest = stream::try_unfold(place, move |place| {
        let redis = redis.clone();
        async move {
            if place.is_none() {
                return Ok(None);
            }
            methods::list(&redis, user, place, PAGE).await.map(Some)
        }
    });
    stream::iter([Ok(first)]).chain(rest)
}

/// Streams the user's orders, newest first, page by page.
fn all_orders(redis: Redis, epoch: i64, user: UserId) -> impl Stream<Item = Result<Vec<Listed>, Error>> {
    stream::try_unfold(Some(None), move |place| {
        let redis = redis.clone();
        async move {
            let Some(after) = place else { return Ok(None) };
            let (found, place) =
                listed::list(&redis, epoch, &Wanted { user: Some(user), after, ..Wanted::default() }, PAGE)
                    .await?;
            Ok(Some((found, place.map(Some))))
        }
    })
}

/// Streams the refunds of the user's orders, for one page of orders after the other.
fn all_refunds(redis: Redis, epoch: i64, user: UserId) -> impl Stream<Item = Result<Vec<Refund>, Error>> {
    all_orders(redis.clone(), epoch, user).and_then(move |orders| {
        let redis = redis.clone();
        async move {
            let orders: Vec<OrderId> = orders.iter().map(Listed::id).collect();
            let found = refunds::of(&redis, &orders).await?;
            Ok(found.iter().map(|(order, refund)| refund.view(*order)).collect())
        }
    })
}

/// Streams the user's ledger entries, newest first, page by page.
fn all_entries(redis: Redis, user: UserId) -> impl Stream<Item = Result<Vec<Transaction>, Error>> {
    stream::try_unfold(Some(None), move |place: Option<Option<StreamId>>| {
        let redis = redis.clone();
        async move {
            let Some(before) = place else { return Ok(None) };
            let found = ledger::list(&redis, user, before, PAGE).await?;
            let place = found.last().filter(|_| found.len() == PAGE).map(|(last, _)| Some(*last));
            Ok(Some((found.into_iter().map(|(_, entry)| entry).collect(), place)))
        }
    })
}

/// Writes the items of all pages as JSON by `write`, with commas between them.
fn items<T>(
    pages: impl Stream<Item = Result<Vec<T>, Error>>,
    write: impl Fn(&T, &mut String) -> Result<(), Error>,
) -> impl Stream<Item = Result<String, Error>> {
    let mut comma = "";
    pages.map(move |page| {
        let mut text = String::new();
        for item in page? {
            text.push_str(mem::replace(&mut comma, ","));
            write(&item, &mut text)?;
        }
        Ok(text)
    })
}

fn json<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Unexpected(error.to_string()))
}
