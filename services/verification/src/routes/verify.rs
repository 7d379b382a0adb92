//! `POST /verify`.

use axum::{
    extract::{FromRequest, Request, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use estore_contract::{
    ErrorBody,
    verification::{Purpose, Verified, VerifyRequest},
};
use estore_kit::{
    Problem,
    extract::{Form, Json, is_form},
    random,
};

use super::page::{self, Says};
use crate::{Error, app::App, domain::MailToken, store::tokens};

/// Proves an address. The User Service is told, and told again until it answers. A form gets a page, JSON gets JSON.
#[utoipa::path(post, path = "/verify", tag = "verify",
    request_body(content((VerifyRequest = "application/json"), (VerifyRequest = "application/x-www-form-urlencoded"))), responses(
    (status = 200, description = "Verified", content((Verified = "application/json"), (String = "text/html"))),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 404, description = "`token_unknown`", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 410, description = "`token_used`, `token_expired`", content((ErrorBody = "application/json"), (String = "text/html"))),
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
        let outcome = redeem(&app, form).await;
        let says = outcome.as_ref().map_or_else(Says::of, |()| Some(Says::Verified));
        return match (says, outcome) {
            (Some(says), _) => Ok(page::answer(says, &headers, &app, "")),
            (None, outcome) => Err(outcome.err().unwrap_or(Error::NotFound).into()),
        };
    }
    let Json(body) = Json::<VerifyRequest>::from_request(request, &()).await?;
    redeem(&app, body).await?;
    Ok(Json(Verified { status: "verified".to_owned() }).into_response())
}

async fn redeem(app: &App, request: VerifyRequest) -> Result<(), Error> {
    let token = MailToken::from(request.token);
    // Each press of the button is an attempt of its own.
    let redeemed =
        tokens::redeem(&app.database, &token, Purpose::Email, random::uuid_v4(), app.clock.now()).await;
    app.metrics.redeemed(&redeemed);
    redeemed?;
    app.reports.notify_one();
    Ok(())
}
