//! `POST /account/cards`: saves a card, once.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use crate::{
    Error,
    api::ApiError,
    app::App,
    checkout::{Key, Refusal},
    forms::{CardFields, Wrongs},
    pages::{self, Tone, cards::CardsPage},
    session::Flash,
    web::{Post, Shopper},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    key: String,
    #[serde(flatten)]
    card: CardFields,
}

pub(super) async fn add(
    State(app): State<App>,
    shopper: Shopper,
    Post(fields): Post<Fields>,
) -> Result<Response, Error> {
    let mut key: Key = fields.key.parse().map_err(|_| Error::BadForm)?;
    let mut wrongs = Wrongs::default();
    let (mut refusal, mut is_unknown) = (None, false);
    if let Some(card) = fields.card.read(&mut wrongs) {
        match shopper.payment().save_card(&key.for_card(), &card).await {
            Ok(_) => {
                Flash::CardSaved.keep(&shopper.jar);
                return Ok(pages::go_to("/account/cards"));
            }
            Err(error) if CardFields::note(&mut wrongs, &error) => {}
            Err(ApiError::Answered(body)) if matches!(body.status_code, 409 | 422) => {
                refusal = Some(Refusal::of(&body));
                key = Key::new(app.clock.as_ref());
            }
            // The card may be saved. The key stays, so that a repeat saves it once.
            Err(error) if error.is_unknown() => is_unknown = true,
            Err(error) => return Err(error.into()),
        }
    }
    let mut shown = if is_unknown { CardsPage::unread(&shopper) } else { CardsPage::read(&shopper).await? };
    (shown.key, shown.wrongs) = (key, wrongs);
    let t = shown.page.t;
    let (status, text) = match refusal {
        None if is_unknown => (StatusCode::SERVICE_UNAVAILABLE, t.account.card_unknown),
        None => (StatusCode::UNPROCESSABLE_ENTITY, t.common.check_fields),
        Some(Refusal::TooManyCards) => (StatusCode::CONFLICT, t.account.too_many_cards),
        Some(_) => (StatusCode::CONFLICT, t.account.key_used),
    };
    shown.page.notice(Tone::Bad, text);
    pages::show_with(status, &shopper, &shown)
}
