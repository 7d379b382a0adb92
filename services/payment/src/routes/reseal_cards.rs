//! `POST /internal/cards/reseal`.

use std::collections::HashMap;

use axum::extract::State;
use estore_contract::{
    ErrorBody, PaymentMethodId,
    reseal::{ResealRequest, Resealed},
};
use estore_kit::{
    Problem,
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};

use crate::{
    app::App,
    domain::Card,
    store::{
        methods::Record,
        reseal::{self, Sealed},
    },
};

/// Seals what these users have under the key that seals now: their cards, and the fingerprints of the requests that saved them.
/// Harmless to repeat, and while cards are saved, erased and charged: what is another by now is left alone.
#[utoipa::path(post, path = "/internal/cards/reseal", tag = "internal", security(("peer" = ["bootstrap"])), request_body = ResealRequest, responses(
    (status = 200, description = "What was done", body = Resealed),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(super) async fn reseal_cards(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<ResealRequest>,
) -> Result<Json<Resealed>, Problem> {
    app.epoch.guard().await?;
    let key = app.config.card_keys.first().to_owned();
    let mut done = Resealed { key, cards: 0, records: 0, unopened: Vec::new() };
    for sealed in reseal::read(&app.redis, &request.users).await? {
        let opened = cards(&app, &sealed, &mut done).await?;
        records(&app, &sealed, &opened, &mut done).await?;
    }
    Ok(Json(done))
}

/// Every card is opened, also where nothing is to be done: whoever takes a key away relies on it.
async fn cards(
    app: &App,
    sealed: &Sealed,
    done: &mut Resealed,
) -> Result<HashMap<PaymentMethodId, Card>, Problem> {
    let keys = &app.config.card_keys;
    let mut opened = HashMap::new();
    for before in &sealed.cards {
        let card = &before.value;
        let Ok(plain) = card.open(keys) else {
            done.unopened.push(card.id);
            continue;
        };
        if !keys.is_under_first(&card.sealed) {
            let after = card.resealed(keys, &plain).ok_or_else(cannot_seal)?;
            done.cards += u64::from(reseal::card(&app.redis, before, &after).await?);
        }
        opened.insert(card.id, plain);
    }
    Ok(opened)
}

async fn records(
    app: &App,
    sealed: &Sealed,
    opened: &HashMap<PaymentMethodId, Card>,
    done: &mut Resealed,
) -> Result<(), Problem> {
    let keys = &app.config.card_keys;
    for (key, before) in &sealed.records {
        let id = before.value.answer.id;
        if before.value.key_id == keys.first() || done.unopened.contains(&id) {
            continue;
        }
        // Without the card nobody can make its fingerprint anew, and under a key that is taken away it says nothing.
        let after = match opened.get(&id) {
            None => None,
            Some(plain) => {
                let (key_id, fingerprint) = plain.fingerprint(keys, None).ok_or_else(cannot_seal)?;
                Some(Record { key_id, fingerprint, ..before.value.clone() })
            }
        };
        let changed = reseal::record(&app.redis, sealed.user, key, before, after.as_ref()).await?;
        done.records += u64::from(changed);
    }
    Ok(())
}

fn cannot_seal() -> Problem {
    Problem::internal("the card cannot be sealed")
}
