//! `POST /internal/after-restore`.

use std::time::Duration;

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    restore::{AfterRestorePart, AfterRestoreRequest},
};
use estore_server::{
    Problem,
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};
use tokio::time::Instant;

use crate::{app::App, flow::RetryLater, store::restore};

/// The time for which the handler works on a part before it answers.
const ENOUGH: Duration = Duration::from_secs(5);

/// Processes a part of the gateway's payments after a restore, and makes the store agree with each.
/// Lost orders are voided or refunded and written again, and missing refunds are written
/// (order-flow section 7). Safe to repeat.
#[utoipa::path(post, path = "/internal/after-restore", tag = "internal", security(("peer" = ["bootstrap"])), request_body = AfterRestoreRequest, responses(
    (status = 200, description = "The counts and report lines, and the cursor of the next part", body = AfterRestorePart),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn after_restore(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<AfterRestoreRequest>,
) -> Result<Json<AfterRestorePart>, Problem> {
    if request.after.is_none() && !request.only_known {
        // The journal may be older than the recorded place in it. Orders must be compared with all
        // entries since then.
        restore::read_journal_again(&app.redis, request.since).await?;
    }
    let began = Instant::now();
    let listed = app.flow.gateway.list(request.since, request.after.as_deref()).await;
    let mut part = AfterRestorePart::default();
    for payment in listed.map_err(Problem::unavailable)? {
        let id = payment.payment.clone();
        let repaired = app.flow.repair(payment, request.only_known).await.map_err(problem)?;
        *part.counts.entry(repaired.kind.to_owned()).or_default() += 1;
        part.lines.extend(repaired.line);
        part.next = Some(id);
        if began.elapsed() > ENOUGH {
            break;
        }
    }
    Ok(Json(part))
}

fn problem(reason: RetryLater) -> Problem {
    match reason {
        RetryLater::Store(error) => error.into(),
        reason => Problem::unavailable(reason),
    }
}
