//! A replica's catalogue keeps up with the store.

use estore_contract::{Sku, inventory::AdjustmentBody};
use estore_inventory::{
    Error,
    catalogue::{MAX_LAG, PERIOD},
    domain::phrases,
    store::{
        catalog::{self, Archived, Write},
        categories, stock,
    },
};
use tokio::{
    task::yield_now,
    time::{Duration, Instant, interval, timeout},
};

use crate::{
    catalogue::slug,
    questions::{Replica, everything, stored},
    store::{Store, body},
};

fn sku(text: &str) -> Sku {
    text.parse().unwrap()
}

async fn store(name: &str) -> Store {
    let store = Store::start(name).await;
    categories::write(&store.redis, &slug("c"), &"C".to_owned().try_into().unwrap(), None).await.unwrap();
    store.add(&sku("A"), body("Apple mug", 5), 1).await;
    store
}

#[tokio::test]
async fn store_answers_until_the_catalogue_is_loaded() {
    let store = store("loading").await;
    let replica = Replica::new(&store);
    assert!(
        replica.catalogue.skus(&everything(9)).is_none() && replica.catalogue.product(&sku("A")).is_none()
    );
    // A write of this replica before the end of the load is not lost.
    store.add(&sku("B"), body("Bell", 5), 1).await;
    let _read = replica.catalogue.written(&store.redis, &sku("B")).await.unwrap();
    replica.catch_up().await;
    assert_eq!(replica.skus(everything(9)), ["A", "B"]);
}

#[tokio::test]
async fn replica_shows_its_own_write_at_once() {
    let store = store("writer").await;
    let (replica, redis) = (Replica::loaded(&store).await, &store.redis);
    store.add(&sku("B"), body("Bell", 5), 1).await;
    let _read = replica.catalogue.written(redis, &sku("B")).await.unwrap();
    assert_eq!(replica.skus(everything(9)), ["A", "B"]);
    catalog::write(redis, &sku("B"), body("Aardvark", 5), Write::Replace(None)).await.unwrap();
    let _read = replica.catalogue.written(redis, &sku("B")).await.unwrap();
    assert_eq!(replica.skus(everything(9)), ["B", "A"]);
    let found = replica.catalogue.product(&sku("B")).unwrap();
    assert_eq!((found.edition.version, found.available), (2, 1));
    let body = AdjustmentBody { delta: -1, reason: "lost".to_owned().try_into().unwrap() };
    stock::adjust(redis, &sku("B"), body, "k").await.unwrap();
    replica.catalogue.counted(redis, &sku("B")).await;
    assert_eq!(replica.catalogue.product(&sku("B")).unwrap().available, 0);
    let in_stock = || estore_inventory::store::list::Question { in_stock: true, ..everything(9) };
    assert_eq!(replica.skus(in_stock()), ["A"]);
    catalog::archive(redis, &sku("A"), Archived::ByAdmin(None)).await.unwrap();
    replica.catalogue.written_many(redis, &[sku("A")]).await;
    assert_eq!(replica.skus(everything(9)), ["B"]);
}

#[tokio::test]
async fn other_replicas_show_a_write_within_a_second() {
    let store = store("reader").await;
    let replica = Replica::loaded(&store).await;
    let catalogue = replica.catalogue.clone();
    let follower = tokio::spawn(async move {
        let mut period = interval(PERIOD);
        loop {
            period.tick().await;
            let _more = replica.follower.step().await.unwrap();
        }
    });
    let began = Instant::now();
    store.add(&sku("B"), body("Bell", 5), 1).await;
    let shown = async {
        while catalogue.skus(&everything(9)).is_none_or(|(skus, _)| skus != ["A", "B"]) {
            yield_now().await;
        }
    };
    timeout(MAX_LAG, shown).await.unwrap();
    assert!(began.elapsed() < MAX_LAG);
    follower.abort();
}

#[tokio::test]
async fn replica_serves_once_its_index_is_complete() {
    let store = store("begins").await;
    let replica = Replica::new(&store);
    assert!(!replica.catalogue.has_begun());
    replica.catch_up().await;
    assert!(replica.catalogue.has_begun());
    // While it loads an index again, the store answers.
    for name in ["B", "C"] {
        store.add(&sku(name), body(name, 5), 1).await;
    }
    assert_eq!(store.operate(&["XTRIM", "{inv}:changes", "MAXLEN", "1"]), "3");
    assert!(replica.follower.step().await.unwrap());
    assert!(!replica.catalogue.is_fresh() && replica.catalogue.has_begun());
}

#[tokio::test]
async fn trimmed_stream_is_noticed_and_loaded_again() {
    let store = store("trimmed").await;
    let replica = Replica::loaded(&store).await;
    for name in ["B", "C", "D"] {
        store.add(&sku(name), body(name, 5), 1).await;
    }
    assert_eq!(store.operate(&["XTRIM", "{inv}:changes", "MAXLEN", "1"]), "4");
    assert!(replica.follower.step().await.unwrap(), "there is more to do at once");
    assert!(!replica.catalogue.is_fresh(), "the store answers meanwhile");
    replica.catch_up().await;
    assert_eq!(replica.skus(everything(9)), ["A", "B", "C", "D"]);
}

#[tokio::test]
async fn another_store_in_its_place_is_noticed() {
    let store = store("replaced").await;
    let replica = Replica::loaded(&store).await;
    for spoil in [
        // In turn: empty; older, with other entries under the same ids; without its journal.
        &[&["FLUSHDB"][..]][..],
        &[&["DEL", "{inv}:changes"], &["XADD", "{inv}:changes", "0-*", "kind", "category", "key", "c"]],
        &[&["DEL", "{inv}:journal"]],
    ] {
        for command in spoil {
            store.operate(command);
        }
        assert!(replica.follower.step().await.unwrap() && !replica.catalogue.is_fresh(), "{spoil:?}");
        replica.catch_up().await;
        assert_eq!(replica.skus(everything(9)), stored(&store, everything(9)).await);
        categories::write(&store.redis, &slug("c"), &"C".to_owned().try_into().unwrap(), None).await.unwrap();
        store.add(&sku("Z"), body("Zebra", 5), 1).await;
        replica.catch_up().await;
        assert_eq!(replica.skus(everything(9)), ["Z"]);
    }
}

/// Writes another description of A, of which the replica reads the second version.
async fn describe(store: &Store, replica: &Replica, text: &str) {
    let mut body = body("Apple mug", 5);
    text.clone_into(&mut body.description);
    catalog::write(&store.redis, &sku("A"), body, Write::Replace(None)).await.unwrap();
    let read = replica.catalogue.written(&store.redis, &sku("A")).await.unwrap();
    assert_eq!(read.version, 2);
}

/// Undoes `describe`, as a server does that loses its last write.
fn lose_description(store: &Store, doc: &str, updated_at: &str) {
    store.operate(&["HSET", "{inv}:p:A", "version", "1", "doc", doc, "updated_at", updated_at]);
    assert_eq!(store.operate(&["XDEL", "{inv}:changes", "0-3"]), "1");
    store.operate(&["XSETID", "{inv}:changes", "0-2"]);
}

/// Returns the description of A, and the time of its last change.
fn description(store: &Store) -> [String; 2] {
    ["doc", "updated_at"].map(|field| store.operate(&["HGET", "{inv}:p:A", field]))
}

fn shows(replica: &Replica, text: &str) -> bool {
    let found = replica.catalogue.product(&sku("A")).unwrap();
    String::from_utf8(found.body).unwrap().contains(text)
}

#[tokio::test]
async fn second_write_of_a_version_is_read() {
    let store = store("lost-write").await;
    let (replica, other) = (Replica::loaded(&store).await, Replica::loaded(&store).await);
    let [doc, updated_at] = description(&store);
    describe(&store, &replica, "It was lost.").await;
    lose_description(&store, &doc, &updated_at);
    describe(&store, &other, "It stayed.").await;
    for replica in [&replica, &other] {
        replica.catch_up().await;
        assert!(shows(replica, "It stayed."));
    }
}

#[tokio::test]
async fn restarted_server_is_loaded_again() {
    let mut store = store("lost-at-restart").await;
    let replica = Replica::loaded(&store).await;
    let [doc, updated_at] = description(&store);
    describe(&store, &replica, "It was lost.").await;
    lose_description(&store, &doc, &updated_at);
    store.restart().await;
    // The connection may break at first.
    let stepped = async {
        while replica.follower.step().await.is_err() {
            yield_now().await;
        }
    };
    timeout(Duration::from_mins(1), stepped).await.unwrap();
    replica.catch_up().await;
    assert!(!shows(&replica, "It was lost."));
}

#[tokio::test]
async fn raised_epoch_keeps_the_index() {
    let store = store("raised").await;
    let replica = Replica::loaded(&store).await;
    for epoch in ["1", "2"] {
        store.operate(&["SET", "{inv}:epoch", epoch]);
        store.add(&sku(&format!("B{epoch}")), body("Bell", 5), 1).await;
        assert!(!replica.follower.step().await.unwrap(), "there is nothing to load");
        assert!(replica.catalogue.is_fresh(), "each backup raises the epoch");
    }
    assert_eq!(replica.skus(everything(9)), ["A", "B1", "B2"]);
}

#[tokio::test]
async fn lower_epoch_is_loaded_again() {
    let store = store("lowered").await;
    store.operate(&["SET", "{inv}:epoch", "7"]);
    let replica = Replica::loaded(&store).await;
    for spoil in [&["SET", "{inv}:epoch", "6"][..], &["DEL", "{inv}:epoch"]] {
        store.operate(spoil);
        assert!(replica.follower.step().await.unwrap() && !replica.catalogue.is_fresh(), "{spoil:?}");
        replica.catch_up().await;
    }
}

#[tokio::test]
async fn failed_read_after_a_write_is_unknown() {
    let store = store("unread").await;
    let replica = Replica::loaded(&store).await;
    // As if the connection broke after the write: this user may not read products any more.
    store.operate(&["ACL", "SETUSER", "inventory", "-hmget"]);
    let read = replica.catalogue.written(&store.redis, &sku("A")).await;
    assert!(matches!(read, Err(Error::OutcomeUnknown(_))), "{read:?}");
    assert!(!replica.catalogue.is_fresh(), "the store answers for it");
}

#[tokio::test]
async fn library_without_changes_is_not_followed() {
    let store = store("library").await;
    let code = "#!lua name=inv1\nredis.register_function{function_name='inv1_version', flags={'no-writes'}, callback=function() return 5 end}";
    store.operate(&["FUNCTION", "LOAD", "REPLACE", code]);
    let replica = Replica::new(&store);
    assert!(replica.follower.step().await.is_err() && !replica.catalogue.is_fresh());
}

#[tokio::test]
async fn cursor_holds_its_place_while_products_change() {
    let store = store("cursors").await;
    for name in ["B", "C", "D", "E"] {
        store.add(&sku(name), body(&format!("{name} mug"), 5), 1).await;
    }
    let replica = Replica::loaded(&store).await;
    let (first, place) = replica.catalogue.skus(&everything(2)).unwrap();
    assert_eq!(first, ["A", "B"]);
    // A product that was read moves behind the cursor, the product that the cursor names is
    // removed, and a new one comes before it.
    catalog::archive(&store.redis, &sku("B"), Archived::ByAdmin(None)).await.unwrap();
    store.add(&sku("N"), body("Aaa", 5), 1).await;
    catalog::write(&store.redis, &sku("D"), body("Zzz", 5), Write::Replace(None)).await.unwrap();
    replica.catch_up().await;
    let rest = replica.skus(estore_inventory::store::list::Question { after: place, ..everything(2) });
    assert_eq!(rest, ["C", "E", "D"]);
}

#[tokio::test]
async fn search_finds_beginnings_typos_and_phrases() {
    let store = store("searches").await;
    let mut kettle = body("Steel kettle", 5);
    kettle.description = "For tea, and a mug of apple cider.".to_owned();
    store.add(&sku("KET-1"), kettle, 1).await;
    store.add(&sku("MUG-2"), body("Blue cup", 5), 1).await;
    let replica = Replica::loaded(&store).await;
    let found = |question: &str| {
        let words = estore_inventory::domain::query_words(question);
        let sort = (estore_inventory::store::list::SortKey::Relevance, true);
        let phrases = phrases(question);
        replica.skus(estore_inventory::store::list::Question { words, phrases, sort, ..everything(9) })
    };
    // A hit in the SKU comes first, then the name, then the description.
    assert_eq!(found("mug"), ["MUG-2", "A", "KET-1"]);
    assert_eq!(found("kett"), ["KET-1"]);
    assert_eq!(found("ketlte"), ["KET-1"]);
    assert_eq!(found("KATTEL"), [""; 0], "two typos are too many");
    assert_eq!(found("\"apple mug\""), ["A"]);
    assert_eq!(found("\"mug of apple\" steel"), ["KET-1"]);
    assert_eq!(found("\"kett\""), [""; 0], "a word in quotes is whole");
    assert_eq!(found("mug steel"), ["KET-1"]);
}

#[tokio::test]
async fn phrase_late_in_a_description_is_found() {
    let store = store("phrases").await;
    let mut kettle = body("Kettle", 5);
    let many = (0..600).map(|n| format!("a{} b{} ", n / 30, n % 30));
    kettle.description = many.chain(["Pour slowly.".to_owned()]).collect();
    kettle.tags = vec!["camp-stove".to_owned().try_into().unwrap()];
    store.add(&sku("KET-1"), kettle, 1).await;
    let replica = Replica::loaded(&store).await;
    for question in ["\"pour slowly\"", "\"camp stove\""] {
        let (words, phrases) = (estore_inventory::domain::query_words(question), phrases(question));
        let question = estore_inventory::store::list::Question { words, phrases, ..everything(9) };
        assert_eq!(replica.skus(question.clone()), ["KET-1"], "{question:?}");
    }
}
