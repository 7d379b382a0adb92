//! `POST /payment-methods`.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use estore_base::random;
use estore_contract::{
    ErrorBody, FieldError, PaymentMethodId, Sensitive,
    card::{CardNumber, expires_before},
    payment::{CardDetails, PaymentMethod, PaymentMethodRequest},
};
use estore_server::{
    Problem,
    auth::Caller,
    extract::{self, IdempotencyKey, Json},
    limit::{Limiter, Scope},
};

use crate::{
    Error,
    app::App,
    domain::{Card, StoredCard},
    store::methods::{self, Record},
};

/// Saves a card. The number is stored encrypted. The security code is checked for its format and
/// then discarded.
#[utoipa::path(post, path = "/payment-methods", tag = "payment methods", security(("bearer" = [])), request_body = PaymentMethodRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Names this card, so that a repeat saves it once; the latest 100 of a user are remembered")), responses(
    (status = 201, description = "Saved, now or before (`Idempotent-Replayed: true`)", body = PaymentMethod),
    (status = 400, description = "Not JSON, or a header is missing", body = ErrorBody),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 409, description = "The account has the maximum number of saved cards (`too_many_payment_methods`), or a repeat whose card was deleted since (`payment_method_deleted`)", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn create_payment_method(
    State(app): State<App>,
    caller: Caller,
    limiter: Limiter,
    key: Option<IdempotencyKey>,
    Json(request): Json<PaymentMethodRequest>,
) -> Result<Response, Problem> {
    let CardDetails { card_number: number, expiry_month, expiry_year, cvc } = request.details;
    let user = caller.principal.user_id;
    // Not even a keyed fingerprint of it is kept, because that would outlive its use.
    drop(cvc);
    limiter.charge(&[(Scope::Account, &user.to_string()), (Scope::Card, number.expose())]).await?;
    let epoch = app.epoch.expected()?;
    let plain = Card { number: Sensitive::from(number.expose()), expiry_month, expiry_year };
    if let Err(wrong) = check(&app, &number, expiry_month, expiry_year) {
        // A repeat of a request that was once valid gets its first answer, even if, for example,
        // the card has expired since.
        return match &key {
            Some(key) => match methods::record(&app.redis, user, key.as_str()).await? {
                Some(record) => replay(&app, &record, &plain).await,
                None => Err(wrong.into()),
            },
            None => Err(wrong.into()),
        };
    }
    let id = PaymentMethodId(random::uuid_v7(app.clock.as_ref()));
    let cannot_encrypt = || Problem::internal("the card cannot be encrypted");
    let card = StoredCard {
        id,
        user,
        brand: number.brand().to_owned(),
        last4: number.last4().to_owned(),
        expiry_month,
        expiry_year,
        luhn: number.passes_luhn(),
        sealed: StoredCard::encrypt(&app.config.card_keys, user, id, number.expose())
            .ok_or_else(cannot_encrypt)?,
        created_at: app.clock.now(),
    };
    let (key_id, fingerprint) = plain.fingerprint(&app.config.card_keys, None).ok_or_else(cannot_encrypt)?;
    let record = Record { key_id, fingerprint, answer: card.view() };
    let keyed = key.as_ref().map(|key| (key.as_str(), &record));
    match methods::save(&app.redis, epoch, &card, keyed, app.config.most_methods).await? {
        Some(first) => replay(&app, &first, &plain).await,
        None => created(&record.answer, false),
    }
}

fn check(app: &App, number: &CardNumber, month: u8, year: u16) -> Result<(), Error> {
    let mut wrong = Vec::new();
    if app.config.enforce_luhn && !number.passes_luhn() {
        wrong.push(FieldError::new("details.card_number", "has a wrong check digit"));
    }
    if !(1..=12).contains(&month) {
        wrong.push(FieldError::new("details.expiry_month", "must be from 1 to 12"));
    } else if !(2000..=2100).contains(&year) {
        wrong.push(FieldError::new("details.expiry_year", "must be from 2000 to 2100"));
    } else if expires_before(app.clock.now(), month, year) {
        wrong.push(FieldError::new("details.expiry_year", "and expiry_month must not be in the past"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

/// Returns the first answer while it is true. A card that was deleted since cannot be used to pay,
/// and its key does not restore it.
async fn replay(app: &App, record: &Record, plain: &Card) -> Result<Response, Problem> {
    match plain.fingerprint(&app.config.card_keys, Some(&record.key_id)) {
        Some((_, fingerprint)) if fingerprint == record.fingerprint => {}
        _ => return Err(Error::KeyReused(None).into()),
    }
    match methods::read(&app.redis, record.answer.id).await? {
        Some(_) => created(&record.answer, true),
        None => Err(Error::MethodDeleted.into()),
    }
}

fn created(method: &PaymentMethod, replayed: bool) -> Result<Response, Problem> {
    let location =
        HeaderValue::try_from(format!("/payment-methods/{}", method.id)).map_err(Problem::internal)?;
    let response = (StatusCode::CREATED, [(header::LOCATION, location)], Json(method)).into_response();
    Ok(extract::replayed(response, replayed))
}
