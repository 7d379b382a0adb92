//! `POST /verify`.

use axum::{
    extract::{FromRequest, Request, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use estore_contract::{
    ErrorBody,
    verification::{EmailVerified, LinkOutcome, Purpose, Redeemed, Verified, VerifyRequest},
};
use estore_kit::{
    Problem,
    extract::{Form, Json, is_form},
    fail_point, random,
};
use time::Duration;

use super::page::{self, Says};
use crate::{
    Error,
    app::App,
    domain::MailToken,
    peers::user,
    store::{
        reports,
        tokens::{self, Use},
    },
};

/// Mails whose link leads to a page with one button.
const BUTTONS: [Purpose; 4] =
    [Purpose::Email, Purpose::EmailChange, Purpose::EmailChangeAsked, Purpose::EmailChanged];
/// For how long the report of a press is left to the request: longer than that waits for the User Service.
const HEAD_START: Duration = Duration::seconds(10);

/// Presses the button of a mail's link: proves an address, moves an account to it, or takes such a move back. The User Service is told,
/// and told again until it answers. A form gets a page, JSON gets JSON.
#[utoipa::path(post, path = "/verify", tag = "verify",
    request_body(content((VerifyRequest = "application/json"), (VerifyRequest = "application/x-www-form-urlencoded"))), responses(
    (status = 200, description = "What the link did", content((Verified = "application/json"), (String = "text/html"))),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 404, description = "`token_unknown`", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 410, description = "`token_used` (also if another link, a new password or an admin came first), `token_expired`", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(super) async fn verify(
    State(app): State<App>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    if is_form(&headers) {
        let Form(form) = Form::<VerifyRequest>::from_request(request, &()).await?;
        let says = match press(&app, form).await {
            Ok(outcome) => Says::of_outcome(outcome),
            Err(error) => Says::of(&error).ok_or(error)?,
        };
        return Ok(page::answer(says, &headers, &app, ""));
    }
    let Json(body) = Json::<VerifyRequest>::from_request(request, &()).await?;
    let status = press(&app, body).await?.map_or("accepted", LinkOutcome::as_str);
    Ok(Json(Verified { status: status.to_owned() }).into_response())
}

/// Uses the token, and asks the User Service what the link did; `None` if it does not answer now. It is told until it does.
async fn press(app: &App, request: VerifyRequest) -> Result<Option<LinkOutcome>, Error> {
    let (token, now) = (MailToken::from(request.token), app.clock.now());
    // Each press of the button is an attempt of its own.
    let wanted =
        Use { token: &token, purposes: &BUTTONS, attempt: random::uuid_v4(), report_at: now + HEAD_START };
    let redeemed = tokens::redeem(&app.database, wanted, now).await;
    app.metrics.redeemed(&redeemed);
    let Redeemed { user_id, email, verification_id, idempotency_key } = redeemed?;
    fail_point!("verification.pressed.written");
    let report = EmailVerified { verification_id, email, idempotency_key };
    match user::pressed_now(&app.user, user_id, &report).await {
        Ok(outcome) => {
            reports::done(&app.database, verification_id, outcome, app.clock.now()).await?;
            if outcome == LinkOutcome::Superseded { Err(Error::Superseded) } else { Ok(Some(outcome)) }
        }
        Err(error) => {
            tracing::warn!(verification = %verification_id, %error, "a press was not taken; it will be reported again");
            reports::postpone(&app.database, verification_id, app.clock.now()).await?;
            app.reports.notify_one();
            Ok(None)
        }
    }
}
