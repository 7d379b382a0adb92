//! `DELETE /internal/users/{id}`.

use std::time::Duration;

use axum::{extract::State, http::StatusCode};
use estore_base::fail_point;
use estore_contract::{Code, ErrorBody, UserId};
use estore_server::{
    Problem,
    auth::{Peer, peers::User},
    extract::Path,
};
use tokio::time::Instant;

use crate::{app::App, store::accounts};

/// The number of orders in one step. The store serves nothing else meanwhile.
const PART: usize = 500;
/// The time after which the handler answers. The caller waits for one second.
const ENOUGH: Duration = Duration::from_millis(500);

/// Closes an account. No new orders or cards are accepted for it, and orders that are not being
/// completed yet are undone. Saved cards are erased. Personal data of each order is erased, now or
/// in the step that ends the order. The lines, the money and the data that identifies a repeat
/// stay, and so does the ledger. Safe to repeat, and valid for any id.
#[utoipa::path(delete, path = "/internal/users/{id}", tag = "internal", security(("peer" = ["user"])), params(("id" = UserId, Path, description = "The account")), responses(
    (status = 204, description = "Closed, and erased"),
    (status = 503, description = "More data remains to erase, or the outcome is unknown: repeat until 204", body = ErrorBody),
))]
pub(super) async fn close_user(
    State(app): State<App>,
    _peer: Peer<User>,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Problem> {
    app.epoch.guard().await?;
    let began = Instant::now();
    loop {
        let step = accounts::close(&app.redis, id, PART).await?;
        if step.undone > 0 {
            app.metrics.undone(step.undone);
            tracing::info!(user = %id, orders = step.undone, "account closed; cancelling its orders in progress");
            app.work.notify_one();
        }
        if !step.more {
            return Ok(StatusCode::NO_CONTENT);
        }
        fail_point!("payment.closing.part");
        if began.elapsed() > ENOUGH {
            return Err(Problem::new(
                Code::OutcomeUnknown,
                "More data remains to erase: repeat the request.",
            ));
        }
    }
}
