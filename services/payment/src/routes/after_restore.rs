//! `POST /internal/after-restore`.

use std::time::Duration;

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    restore::{AfterRestorePart, AfterRestoreRequest},
};
use estore_kit::{
    Problem,
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};
use tokio::time::Instant;

use crate::{app::App, flow::Stuck, store::restore};

/// How long a part is worked on before it is answered.
const ENOUGH: Duration = Duration::from_secs(5);

/// Goes through a part of the gateway's payments after a restore, and makes the store agree with each: lost orders are voided or
/// refunded and written again, refunds that are not known are written (order-flow section 7). Harmless to repeat.
#[utoipa::path(post, path = "/internal/after-restore", tag = "internal", security(("peer" = ["bootstrap"])), request_body = AfterRestoreRequest, responses(
    (status = 200, description = "What was done, and where to go on", body = AfterRestorePart),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(super) async fn after_restore(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<AfterRestoreRequest>,
) -> Result<Json<AfterRestorePart>, Problem> {
    if request.after.is_none() && !request.only_known {
        // The journal may be older than the place in it, and orders are to be compared with all of it since then.
        restore::read_journal_again(&app.redis, request.since).await?;
    }
    let began = Instant::now();
    let listed = app.flow.gateway.list(request.since, request.after.as_deref()).await;
    let mut part = AfterRestorePart::default();
    for payment in listed.map_err(Problem::unavailable)? {
        let id = payment.payment.clone();
        let mended = app.flow.mend(payment, request.only_known).await.map_err(problem)?;
        *part.counts.entry(mended.kind.to_owned()).or_default() += 1;
        part.lines.extend(mended.line);
        part.next = Some(id);
        if began.elapsed() > ENOUGH {
            break;
        }
    }
    Ok(Json(part))
}

fn problem(stuck: Stuck) -> Problem {
    match stuck {
        Stuck::Store(error) => error.into(),
        stuck => Problem::unavailable(stuck),
    }
}
