//! Cards and the records of keys, encrypted again on the real functions.

use estore_base::seal::KeyRing;
use estore_payment::store::{methods, reseal};
use secrecy::SecretString;

use crate::stage::{Stage, method, user};

const K1: &str = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const K2: &str = "k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

fn ring(keys: &[&str]) -> KeyRing {
    KeyRing::parse("CARD_KEYS", &SecretString::from(keys.join(","))).unwrap()
}

#[tokio::test]
async fn changed_card_is_not_replaced() {
    let stage = Stage::start("resealing").await;
    let (old, both, new) = (ring(&[K1]), ring(&[K2, K1]), ring(&[K2]));
    for n in 1..=2 {
        let key = format!("key-{n}");
        assert!(stage.save(&old, user(1), method(n), Some(&key)).await.unwrap().is_none());
    }
    assert!(stage.save(&old, user(3), method(3), None).await.unwrap().is_none());

    let users = [user(1), user(2), user(3)];
    let found = reseal::read(&stage.redis, &users).await.unwrap();
    let counts: Vec<_> = found.iter().map(|one| (one.user, one.cards.len(), one.records.len())).collect();
    assert_eq!(counts, [(user(1), 2, 2), (user(3), 1, 0)]);
    let [first, second] = found[0].cards.as_slice() else { panic!("two cards") };
    let again = |kept: &reseal::Kept<_>| {
        let card: &estore_payment::domain::StoredCard = &kept.value;
        card.reencrypted(&both, &card.decrypt(&both).unwrap()).unwrap()
    };
    let after = again(first);
    assert!(reseal::card(&stage.redis, first, &after).await.unwrap());
    let kept = methods::read(&stage.redis, after.id).await.unwrap().unwrap();
    assert_eq!(kept.decrypt(&new).unwrap().number.expose(), "4242424242424242");
    // A card that has changed is not replaced, and a card that was erased meanwhile stays erased.
    assert!(!reseal::card(&stage.redis, first, &again(first)).await.unwrap());
    assert!(methods::delete(&stage.redis, user(1), second.value.id).await.unwrap());
    assert!(!reseal::card(&stage.redis, second, &again(second)).await.unwrap());
    assert!(methods::read(&stage.redis, second.value.id).await.unwrap().is_none());

    let (key, before) = &found[0].records[0];
    let record = methods::Record { key_id: "k2".to_owned(), ..before.value.clone() };
    assert!(reseal::record(&stage.redis, user(1), key, before, Some(&record)).await.unwrap());
    assert!(!reseal::record(&stage.redis, user(1), key, before, None).await.unwrap());
    let now = methods::record(&stage.redis, user(1), key).await.unwrap().unwrap();
    assert_eq!((now.key_id.as_str(), now.answer), ("k2", record.answer));
    let (key, before) = &found[0].records[1];
    assert!(reseal::record(&stage.redis, user(1), key, before, None).await.unwrap());
    assert!(methods::record(&stage.redis, user(1), key).await.unwrap().is_none());
    let keys: Vec<String> =
        stage.operate(&["ZRANGE", &format!("{{pay}}:u:{}:keys", user(1)), "0", "-1"]).await;
    assert_eq!(keys, [found[0].records[0].0.clone()]);
}

#[tokio::test]
async fn latest_hundred_keys_of_a_user_are_remembered() {
    let stage = Stage::start("many-keys").await;
    let old = ring(&[K1]);
    for n in 0..103 {
        let key = format!("{n:03}");
        assert!(stage.save(&old, user(1), method(n), Some(&key)).await.unwrap().is_none());
        assert!(methods::delete(&stage.redis, user(1), method(n)).await.unwrap());
    }
    let kept = reseal::read(&stage.redis, &[user(1)]).await.unwrap();
    assert_eq!(kept[0].records.len(), 100);
    for (key, is_kept) in [("002", false), ("003", true), ("102", true)] {
        assert_eq!(methods::record(&stage.redis, user(1), key).await.unwrap().is_some(), is_kept, "{key}");
    }
    // A repeat finds the first answer.
    let first = stage.save(&old, user(1), method(999), Some("003")).await.unwrap();
    assert_eq!(first.unwrap().answer.id, method(3));
}
