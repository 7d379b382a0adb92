//! `POST /internal/verifications/redeem`.

use axum::extract::State;
use estore_base::fail_point;
use estore_contract::{
    ErrorBody,
    verification::{Purpose, RedeemRequest, Redeemed},
};
use estore_server::{
    auth::{Peer, peers::User},
    extract::Json,
};

use crate::{
    Error,
    app::App,
    domain::MailToken,
    store::tokens::{self, Use},
};

/// Redeems a token, once.
///
/// A repeat of the same attempt gets the same answer for ten minutes.
#[utoipa::path(post, path = "/internal/verifications/redeem", tag = "internal", security(("peer" = ["user"])), request_body = RedeemRequest, responses(
    (status = 200, description = "The user and address of the token", body = Redeemed),
    (status = 404, description = "`token_unknown`, also for a token of another purpose", body = ErrorBody),
    (status = 410, description = "`token_used`, `token_expired`", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn redeem(
    State(app): State<App>,
    _peer: Peer<User>,
    Json(request): Json<RedeemRequest>,
) -> Result<Json<Redeemed>, Error> {
    let token = MailToken::from(request.token);
    let now = app.clock.now();
    let only = [request.purpose];
    // Both purposes verify an address; the User Service decides what follows.
    let purposes: &[Purpose] =
        if request.purpose == Purpose::Email { &[Purpose::Email, Purpose::EmailChange] } else { &only };
    let wanted = Use { token: &token, purposes, attempt: request.redemption_id, event_due_at: now };
    let redeemed = tokens::redeem(&app.database, wanted, now).await;
    app.metrics.redeemed(&redeemed);
    let redeemed = redeemed?;
    fail_point!("verification.redeemed.written");
    app.verified_events.notify_one();
    Ok(Json(redeemed))
}
