//! A server whose locale sorts differently from byte order.

use std::{collections::BTreeSet, env, fs, path::PathBuf, process::Command};

use estore_contract::Sku;
use estore_inventory::store::{
    categories,
    list::{Question, SortKey},
};

use crate::{
    catalogue::{slug, walk},
    questions::everything,
    store::{Store, body},
};

/// Returns a directory with the locale `en_US.UTF-8`, which sorts `a` before `B`. Returns `None` if
/// this machine cannot make one.
fn locales() -> Option<PathBuf> {
    let directory = env::current_exe().ok()?.ancestors().nth(3)?.join("inventory-tests").join("locales");
    fs::create_dir_all(&directory).ok()?;
    let target = directory.join("en_US.UTF-8");
    let made = Command::new("localedef").args(["-i", "en_US", "-f", "UTF-8"]).arg(&target).output().ok()?;
    (made.status.success() || target.join("LC_COLLATE").exists()).then_some(directory)
}

#[tokio::test]
async fn lists_are_whole_under_any_collation() {
    let Some(locales) = locales() else {
        println!("skipped: localedef makes no en_US.UTF-8 here (Debian: apt install locales)");
        return;
    };
    let path = locales.display().to_string();
    let environment = [("LOCPATH", path.as_str()), ("LC_ALL", "en_US.UTF-8")];
    let store = Store::start_in("collation", &environment).await;
    // The server must sort differently, or this test shows nothing.
    assert_eq!(store.operate(&["EVAL", "return ('a' < 'B') and 1 or 0", "0"]), "1");
    categories::write(&store.redis, &slug("c"), &"C".to_owned().try_into().unwrap(), None).await.unwrap();
    let skus = ["a", "B", "A-1", "a1", "A1", "b", "Z", "z", "a-1", "a.1", "a_1", "0", "Aa", "aA"];
    for sku in skus {
        store.add(&sku.parse().unwrap(), body(&format!("Mug {sku}"), 5), 1).await;
    }
    for (words, sort) in [
        (&[][..], (SortKey::Name, false)),
        (&[], (SortKey::Price, false)),
        (&[], (SortKey::Price, true)),
        (&[], (SortKey::CreatedAt, true)),
        (&["mug"], (SortKey::Relevance, true)),
        (&["mug"], (SortKey::Name, false)),
        (&["mug"], (SortKey::Price, false)),
    ] {
        for limit in [1, 3] {
            let question = Question {
                words: words.iter().map(ToString::to_string).collect(),
                sort,
                ..everything(limit)
            };
            let found: Vec<Sku> =
                walk(&store, question).await.into_iter().map(|product| product.sku).collect();
            let each: BTreeSet<&str> = found.iter().map(Sku::as_str).collect();
            assert_eq!((found.len(), each), (skus.len(), skus.into()), "{words:?} {sort:?} {limit}");
            if sort == (SortKey::Price, false) {
                assert!(found.is_sorted(), "by bytes: {found:?}");
            }
        }
    }
}
