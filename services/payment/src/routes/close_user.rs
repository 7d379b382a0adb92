//! `DELETE /internal/users/{id}`.

use std::time::Duration;

use axum::{extract::State, http::StatusCode};
use estore_contract::{Code, ErrorBody, UserId};
use estore_kit::{
    Problem,
    auth::{Peer, peers::User},
    extract::Path,
    fail_point,
};
use tokio::time::Instant;

use crate::{app::App, store::accounts};

/// How many orders a step looks at: the store does nothing else meanwhile.
const PART: usize = 500;
/// How long it goes on before it is answered: whoever calls waits for a second.
const ENOUGH: Duration = Duration::from_millis(500);

/// Closes an account: nothing is begun for it any more, orders that are not being completed yet are undone, saved cards are erased, and so is
/// what is personal of each order, now or in the step that ends it. What is left of orders is what a repeat is told by, their lines and
/// their money; the ledger stays. Any number of times, and for any id.
#[utoipa::path(delete, path = "/internal/users/{id}", tag = "internal", security(("peer" = ["user"])), params(("id" = UserId, Path, description = "The account")), responses(
    (status = 204, description = "Closed, and erased"),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 503, description = "There is more to erase, or nobody knows: repeat it until it is 204", body = ErrorBody),
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
            tracing::info!(user = %id, orders = step.undone, "orders of a closed account are undone");
            app.work.notify_one();
        }
        if !step.more {
            return Ok(StatusCode::NO_CONTENT);
        }
        fail_point!("payment.closing.part");
        if began.elapsed() > ENOUGH {
            return Err(Problem::new(Code::OutcomeUnknown, "There is more to erase: repeat it."));
        }
    }
}
