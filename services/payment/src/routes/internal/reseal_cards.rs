//! `POST /internal/cards/reseal`.

use std::collections::HashMap;

use axum::extract::State;
use estore_contract::{
    ErrorBody, PaymentMethodId,
    reseal::{ResealRequest, Resealed},
};
use estore_server::{
    Problem,
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};

use crate::{
    app::App,
    domain::Card,
    store::{
        methods::Record,
        reseal::{self, EncryptedData},
    },
};

/// Encrypts the data of these users under the current key: their cards, and the fingerprints of the
/// requests that saved them. Safe to repeat, and safe while cards are saved, erased and charged.
/// Data that changed meanwhile is left alone.
#[utoipa::path(post, path = "/internal/cards/reseal", tag = "internal", security(("peer" = ["bootstrap"])), request_body = ResealRequest, responses(
    (status = 200, description = "The numbers of records encrypted again", body = Resealed),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn reseal_cards(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<ResealRequest>,
) -> Result<Json<Resealed>, Problem> {
    app.epoch.guard().await?;
    let key = app.config.card_keys.first().to_owned();
    let mut done = Resealed { key, cards: 0, records: 0, unopened: Vec::new() };
    for data in reseal::read(&app.redis, &request.users).await? {
        let opened = cards(&app, &data, &mut done).await?;
        records(&app, &data, &opened, &mut done).await?;
    }
    Ok(Json(done))
}

/// Decrypts every card, even if there is nothing to do, because whoever removes a key relies on
/// that.
async fn cards(
    app: &App,
    data: &EncryptedData,
    done: &mut Resealed,
) -> Result<HashMap<PaymentMethodId, Card>, Problem> {
    let keys = &app.config.card_keys;
    let mut opened = HashMap::new();
    for before in &data.cards {
        let card = &before.value;
        let Ok(plain) = card.decrypt(keys) else {
            done.unopened.push(card.id);
            continue;
        };
        if !keys.is_under_first(&card.sealed) {
            let after = card.reencrypted(keys, &plain).ok_or_else(cannot_encrypt)?;
            done.cards += u64::from(reseal::card(&app.redis, before, &after).await?);
        }
        opened.insert(card.id, plain);
    }
    Ok(opened)
}

async fn records(
    app: &App,
    data: &EncryptedData,
    opened: &HashMap<PaymentMethodId, Card>,
    done: &mut Resealed,
) -> Result<(), Problem> {
    let keys = &app.config.card_keys;
    for (key, before) in &data.records {
        let id = before.value.answer.id;
        if before.value.key_id == keys.first() || done.unopened.contains(&id) {
            continue;
        }
        // Without the card its fingerprint cannot be made again. Under a removed key the old
        // fingerprint proves nothing.
        let after = match opened.get(&id) {
            None => None,
            Some(plain) => {
                let (key_id, fingerprint) = plain.fingerprint(keys, None).ok_or_else(cannot_encrypt)?;
                Some(Record { key_id, fingerprint, ..before.value.clone() })
            }
        };
        let changed = reseal::record(&app.redis, data.user, key, before, after.as_ref()).await?;
        done.records += u64::from(changed);
    }
    Ok(())
}

fn cannot_encrypt() -> Problem {
    Problem::internal("the card cannot be encrypted")
}
