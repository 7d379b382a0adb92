//! Rotates the card keys: data encrypted under an older key of `CARD_KEYS` is encrypted under the
//! first, so that the older keys can be removed.
//!
//! The keys stay with the Payment Service, which does this account by account while it serves. The
//! accounts come from the database of the User Service. The job can be interrupted anywhere, and
//! run again.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use estore_base::{config::Env, fail_point};
use estore_client::{PeerClient, PeerError};
use estore_contract::{
    PaymentMethodId, PeerName, UserId,
    reseal::{ResealRequest, Resealed},
};
use http::Method;
use sqlx::{PgConnection, query_scalar};

use crate::{exit::Wrong, patience::until_done, stores};

/// The time that the Payment Service has for a part.
const LIMIT: Duration = Duration::from_secs(30);
/// The number of accounts in a part.
const TOGETHER: i64 = 200;
/// The second round normally finds nothing; a card that was being saved then may need a third.
const ROUNDS: u32 = 5;

/// The result of one round over all accounts.
#[derive(Default)]
struct Pass {
    /// The key that encrypts, once an answer has named it.
    key: Option<String>,
    accounts: u64,
    cards: u64,
    records: u64,
    unopened: BTreeSet<PaymentMethodId>,
}

/// Repeats rounds over all accounts until nothing is left to encrypt again. Reports its progress to
/// `say`.
pub async fn run(env: &Env, say: impl Fn(&str) -> std::io::Result<()>) -> Result<()> {
    let mut database = stores::user_database(env).await?;
    let payment = PeerClient::from_env(env, PeerName::Payment)?;
    for _ in 0..ROUNDS {
        let pass = go_through(&mut database, &payment).await?;
        let Some(key) = &pass.key else {
            say("there are no accounts, so there are no cards")?;
            return Ok(());
        };
        let Pass { accounts, cards, records, .. } = pass;
        say(&format!(
            "{accounts} accounts: {cards} cards and {records} records encrypted again under {key}"
        ))?;
        if !pass.unopened.is_empty() {
            let ids: Vec<String> = pass.unopened.iter().map(PaymentMethodId::to_string).collect();
            let (count, ids) = (ids.len(), ids.join(", "));
            return Err(Wrong(format!("no key of CARD_KEYS decrypts {count} cards: {ids}")).into());
        }
        // Only a whole round without a find shows that no replica encrypted under another key
        // meanwhile.
        if cards + records == 0 {
            say(&format!(
                "everything is encrypted under {key}: the keys behind it in CARD_KEYS can be removed"
            ))?;
            return Ok(());
        }
    }
    bail!(
        "cards are still being encrypted under another key: check whether a replica of the Payment Service has other CARD_KEYS"
    )
}

/// All users who may have cards, including erased accounts that the Payment Service has not erased
/// yet.
const ACCOUNTS: &str = "SELECT id::text FROM
    ((SELECT id FROM users WHERE id > $1::uuid ORDER BY id LIMIT $2) UNION
     (SELECT user_id FROM erasures WHERE user_id > $1::uuid AND done_at IS NULL ORDER BY user_id LIMIT $2)) everybody
    ORDER BY everybody.id LIMIT $2";

async fn go_through(database: &mut PgConnection, payment: &PeerClient) -> Result<Pass> {
    let mut pass = Pass::default();
    // Below every account.
    let mut after = "00000000-0000-0000-0000-000000000000".to_owned();
    loop {
        let ids: Vec<String> =
            query_scalar(ACCOUNTS).bind(&after).bind(TOGETHER).fetch_all(&mut *database).await?;
        let Some(last) = ids.last().cloned() else { return Ok(pass) };
        pass.add(&ids, reseal(payment, &ids).await?)?;
        fail_point!("bootstrap.rotate_cards.part");
        after = last;
    }
}

async fn reseal(payment: &PeerClient, ids: &[String]) -> Result<Resealed> {
    let users = ids.iter().map(|id| id.parse()).collect::<Result<Vec<UserId>, _>>()?;
    let request = ResealRequest { users };
    let ask = async || {
        payment.call_within::<Resealed>(Method::POST, "/internal/cards/reseal", &request, LIMIT).await
    };
    let part = until_done(|error| matches!(error, PeerError::Answered(..)), ask).await;
    part.context("the Payment Service did not encrypt the cards again")
}

impl Pass {
    fn add(&mut self, ids: &[String], part: Resealed) -> Result<()> {
        let key = self.key.get_or_insert_with(|| part.key.clone());
        ensure!(
            *key == part.key,
            "one replica of the Payment Service encrypts under {key}, another under {}: wait until all have the same CARD_KEYS",
            part.key
        );
        self.accounts += ids.len() as u64;
        self.cards += part.cards;
        self.records += part.records;
        self.unopened.extend(part.unopened);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicas_with_different_keys_stop_the_rotation() {
        let part = |key: &str| Resealed { key: key.to_owned(), cards: 1, records: 2, unopened: Vec::new() };
        let (mut pass, ids) = (Pass::default(), vec![String::new(); 3]);
        pass.add(&ids, part("k2")).unwrap();
        pass.add(&ids, part("k2")).unwrap();
        assert_eq!((pass.accounts, pass.cards, pass.records), (6, 2, 4));
        let refused = pass.add(&ids, part("k1")).unwrap_err().to_string();
        assert!(refused.contains("under k2, another under k1"), "{refused}");
    }
}
