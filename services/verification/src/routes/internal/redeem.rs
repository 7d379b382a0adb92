//! `POST /internal/verifications/redeem`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    verification::{Purpose, RedeemRequest, Redeemed},
};
use estore_kit::{
    auth::{Peer, peers::User},
    extract::Json,
    fail_point,
};

use crate::{
    Error,
    app::App,
    domain::MailToken,
    store::tokens::{self, Use},
};

/// Uses a token, once; the same attempt gets the same answer for ten minutes.
#[utoipa::path(post, path = "/internal/verifications/redeem", tag = "internal", security(("peer" = ["user"])), request_body = RedeemRequest, responses(
    (status = 200, description = "Whose it was", body = Redeemed),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 404, description = "`token_unknown`, also for one of another purpose", body = ErrorBody),
    (status = 410, description = "`token_used`, `token_expired`", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(super) async fn redeem(
    State(app): State<App>,
    _peer: Peer<User>,
    Json(request): Json<RedeemRequest>,
) -> Result<Json<Redeemed>, Error> {
    let token = MailToken::from(request.token);
    let now = app.clock.now();
    let only = [request.purpose];
    // Both prove an address; the User Service knows what follows.
    let purposes: &[Purpose] =
        if request.purpose == Purpose::Email { &[Purpose::Email, Purpose::EmailChange] } else { &only };
    let wanted = Use { token: &token, purposes, attempt: request.redemption_id, report_at: now };
    let redeemed = tokens::redeem(&app.database, wanted, now).await;
    app.metrics.redeemed(&redeemed);
    let redeemed = redeemed?;
    fail_point!("verification.redeemed.written");
    app.reports.notify_one();
    Ok(Json(redeemed))
}
