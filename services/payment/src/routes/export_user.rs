//! `GET /internal/users/{id}/export`.

use std::mem;

use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use estore_contract::{ErrorBody, UserId, payment::Transaction, privacy::PaymentExport};
use estore_kit::{
    Problem,
    auth::{Peer, peers::User},
    extract::Path,
    redis::{Redis, StreamId},
};
use futures::{Stream, StreamExt, stream};
use serde::Serialize;

use crate::{
    Error,
    app::App,
    domain::StoredCard,
    store::{
        ledger,
        listed::{self, Listed, Wanted},
        methods,
    },
};

/// How many things are read at once, and kept in memory.
const PAGE: usize = 100;

/// Everything that is held on a person here. Orders that were archived are not in it: they are in the files of the archive; their entries in
/// the ledger are. The answer is written while it is read: where that fails, its connection ends within the body.
#[utoipa::path(get, path = "/internal/users/{id}/export", tag = "internal", security(("peer" = ["user"])), params(("id" = UserId, Path, description = "The account")), responses(
    (status = 200, description = "What is held; nothing, for an id that nobody has", body = PaymentExport),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(super) async fn export_user(
    State(app): State<App>,
    _peer: Peer<User>,
    Path(id): Path<UserId>,
) -> Result<Response, Problem> {
    app.epoch.guard().await?;
    let epoch = app.epoch.expected()?;
    // Read before the answer begins: a store that refuses is then answered by a status, and not by half a document.
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
        .chain(text("]}"));
    Ok(([(header::CONTENT_TYPE, "application/json")], Body::from_stream(body)).into_response())
}

/// The user's cards, newest first, page by page after the first.
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

/// The user's orders, newest first, page by page.
fn all_orders(redis: Redis, epoch: i64, user: UserId) -> impl Stream<Item = Result<Vec<Listed>, Error>> {
    stream::try_unfold(Some(None), move |place| {
        let redis = redis.clone();
        async move {
            let Some(after) = place else { return Ok(None) };
            let (found, place) =
                listed::list(&redis, epoch, &Wanted { user: Some(user), status: None, after }, PAGE).await?;
            Ok(Some((found, place.map(Some))))
        }
    })
}

/// The same of their entries in the ledger.
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

/// The items of all pages as JSON, each by `write`, with commas between them.
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
