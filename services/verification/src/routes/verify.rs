//! `POST /verify`.

use axum::{
    extract::{FromRequest, Request, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use estore_base::{fail_point, random};
use estore_contract::{
    ErrorBody, VerificationId,
    verification::{EmailVerified, LinkOutcome, Purpose, Redeemed, Verified, VerifyRequest},
};
use estore_server::{
    Problem,
    extract::{Form, Json, is_form},
};
use estore_stores::queue::Lease;
use time::Duration;

use crate::{
    Error,
    app::App,
    domain::MailToken,
    pages::{self, PageKind},
    peers::user,
    store::{
        tokens::{self, Use},
        verified_events,
    },
};

/// The purposes whose links lead to a page with one button.
const BUTTONS: [Purpose; 4] =
    [Purpose::Email, Purpose::EmailChange, Purpose::EmailChangeAsked, Purpose::EmailChanged];
/// The time for which the verified event of a press is left to the request. It is longer than the
/// request waits for the User Service.
const HEAD_START: Duration = Duration::seconds(10);

/// Presses the button of an email's link.
///
/// The press verifies an address, moves an account to it, or undoes such a move. The service
/// reports the press to the User Service, and retries until that answers. A form gets a page, and
/// JSON gets JSON.
#[utoipa::path(post, path = "/verify", tag = "verify",
    request_body(content((VerifyRequest = "application/json"), (VerifyRequest = "application/x-www-form-urlencoded"))), responses(
    (status = 200, description = "The outcome of the link", content((Verified = "application/json"), (String = "text/html"))),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 404, description = "`token_unknown`", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 410, description = "`token_used` (also if another link, a new password or an admin came first), `token_expired`", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn verify(
    State(app): State<App>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    if is_form(&headers) {
        let Form(form) = Form::<VerifyRequest>::from_request(request, &()).await?;
        let kind = match press(&app, form).await {
            Ok(outcome) => PageKind::of_outcome(outcome),
            Err(error) => PageKind::of(&error).ok_or(error)?,
        };
        return Ok(pages::answer(kind, &headers, &app, ""));
    }
    let Json(body) = Json::<VerifyRequest>::from_request(request, &()).await?;
    let status = press(&app, body).await?.map_or("accepted", LinkOutcome::as_str);
    Ok(Json(Verified { status: status.to_owned() }).into_response())
}

/// Redeems the token, and returns the outcome of the link from the User Service. Returns `None` if
/// the User Service does not answer now; the event is then retried.
async fn press(app: &App, request: VerifyRequest) -> Result<Option<LinkOutcome>, Error> {
    let (token, now) = (MailToken::from(request.token), app.clock.now());
    // Each press of the button is an attempt of its own.
    let wanted =
        Use { token: &token, purposes: &BUTTONS, attempt: random::uuid_v4(), event_due_at: now + HEAD_START };
    let redeemed = tokens::redeem(&app.database, wanted, now).await;
    app.metrics.redeemed(&redeemed);
    let Redeemed { user_id, email, verification_id, idempotency_key } = redeemed?;
    fail_point!("verification.pressed.written");
    let lease = Lease::first(verification_id.0);
    let event = EmailVerified { verification_id, email, idempotency_key };
    match user::pressed_now(&app.user, user_id, &event).await {
        Ok(outcome) => {
            // The token is used, so the press succeeded. Without this record, the queue sends the
            // event again, which has no second effect.
            if let Err(error) = record(app, verification_id, &lease, outcome).await {
                tracing::warn!(verification = %verification_id, %error, "outcome of a link was not recorded; will retry");
            }
            if outcome == LinkOutcome::Superseded { Err(Error::Superseded) } else { Ok(Some(outcome)) }
        }
        Err(error) => {
            tracing::warn!(verification = %verification_id, %error, "verified event was not delivered; will retry");
            if let Err(error) = verified_events::QUEUE.postpone(&app.database, &lease, app.clock.now()).await
            {
                tracing::warn!(verification = %verification_id, %error, "verified event keeps its lease; will retry after it");
            }
            app.verified_events.notify_one();
            Ok(None)
        }
    }
}

/// Records what a link did, and ends its event.
async fn record(
    app: &App,
    verification: VerificationId,
    lease: &Lease,
    outcome: LinkOutcome,
) -> Result<(), sqlx::Error> {
    verified_events::decided(&app.database, verification, outcome).await?;
    verified_events::QUEUE.end(&app.database, lease, verified_events::RECEIVED, app.clock.now()).await?;
    Ok(())
}
