//! The search for accounts, and the index that it uses.

use estore_contract::{UserId, text::PersonName};
use estore_stores::pg;
use estore_user::{
    MIGRATOR,
    domain::{Search, searchable},
    store::{
        search,
        users::{self, Filter},
    },
};
use sqlx::{PgPool, Row, postgres::PgPoolOptions};

use crate::store::{NOW, Store};

/// Gives an account a name, as any release does.
async fn rename(store: &Store, user: UserId, name: &str) {
    sqlx::query("UPDATE users SET name = $2, updated_at = $3 WHERE id = $1")
        .bind(user.0)
        .bind(name)
        .bind(NOW)
        .execute(&store.pool)
        .await
        .unwrap();
}

/// Does the work of the job, and returns the number of accounts that it wrote.
async fn fold_all(store: &Store) -> usize {
    let mut transaction = pg::begin(&store.pool).await.unwrap();
    let found = search::lock_unfolded(&mut transaction, 100).await.unwrap();
    let texts: Vec<_> =
        found.iter().map(|account| (account.user, searchable(&account.name, &account.email))).collect();
    search::write(&mut *transaction, &texts).await.unwrap();
    pg::commit(transaction).await.unwrap();
    texts.len()
}

async fn found(store: &Store, text: &str) -> Vec<String> {
    let search = Some(Search::try_from(text.to_owned()).unwrap());
    let filter = Filter { search, ..Filter::default() };
    let found = users::list(&store.pool, filter, 10).await.unwrap();
    let mut emails: Vec<_> = found.into_iter().map(|user| user.profile.email.to_string()).collect();
    emails.sort();
    emails
}

#[tokio::test]
async fn search_finds_parts_without_case_and_accents() {
    let store = Store::start("search").await;
    let (zoe, wei) = (store.add_user("zoe@example.com").await, store.add_user("wei.wang@post.example").await);
    rename(&store, zoe, "Zoë Łuczak-O'Neill").await;
    rename(&store, wei, "王伟 100%").await;
    assert_eq!(fold_all(&store).await, 2);
    for (text, emails) in [
        ("zoe", &["zoe@example.com"][..]),
        ("ŁUCZAK", &["zoe@example.com"]),
        ("ucza", &["zoe@example.com"]),
        ("zo\u{eb} lu", &["zoe@example.com"]),
        ("ZOE@EXAMPLE.COM", &["zoe@example.com"]),
        ("@post", &["wei.wang@post.example"]),
        ("王伟", &["wei.wang@post.example"]),
        ("zo", &["zoe@example.com"]),
        // Two characters must begin a word.
        ("oe", &[]),
        ("100%", &["wei.wang@post.example"]),
        ("1_0", &[]),
        ("example", &["wei.wang@post.example", "zoe@example.com"]),
        ("nobody", &[]),
    ] {
        assert_eq!(found(&store, text).await, emails, "{text}");
    }
}

#[tokio::test]
async fn change_by_any_release_is_folded_again() {
    let store = Store::of_release("search-older", 18).await;
    let user = store.add_user("ada@example.com").await;
    MIGRATOR.run(&store.pool).await.unwrap();
    assert_eq!((fold_all(&store).await, fold_all(&store).await), (1, 0));
    rename(&store, user, "Grace").await;
    assert_eq!((fold_all(&store).await, fold_all(&store).await), (1, 0));
    users::move_to(&store.pool, user, &"grace@example.com".parse().unwrap(), NOW).await.unwrap();
    assert_eq!(fold_all(&store).await, 1);
    assert_eq!(found(&store, "grace").await, ["grace@example.com"]);
    assert!(found(&store, "ada").await.is_empty());
    users::set_password(&store.pool, user, "other", NOW).await.unwrap();
    rename(&store, user, "Grace").await;
    assert_eq!(fold_all(&store).await, 0, "nothing that searches read has changed");
    let name = PersonName::kept("Grace".to_owned());
    assert_eq!(searchable(&name, &"grace@example.com".parse().unwrap()), " grace grace@example.com");
}

/// Returns the plan for a pattern, without the choice to read every account.
async fn plan(pool: &PgPool, pattern: &str) -> String {
    let mut transaction = pg::begin(pool).await.unwrap();
    sqlx::query("SET LOCAL enable_seqscan = off").execute(&mut *transaction).await.unwrap();
    let rows = sqlx::query("EXPLAIN SELECT id FROM users WHERE searchable LIKE $1")
        .bind(pattern)
        .fetch_all(&mut *transaction)
        .await
        .unwrap();
    let lines = rows.iter().map(|row| row.get::<String, _>(0));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn plain_owner_of_the_database_gets_the_index() {
    let store = Store::start("search-owner").await;
    for statement in
        ["CREATE ROLE plain LOGIN PASSWORD 'plain' NOSUPERUSER", "CREATE DATABASE plaindb OWNER plain"]
    {
        sqlx::query(statement).execute(&store.pool).await.unwrap();
    }
    let options = store.pool.connect_options().as_ref().clone();
    let options = options.username("plain").password("plain").database("plaindb");
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    MIGRATOR.run(&pool).await.unwrap();
    for search in ["ada", "li", "@example.com"] {
        let pattern = Search::try_from(search.to_owned()).unwrap().pattern();
        assert!(plan(&pool, &pattern).await.contains("users_searchable"), "{search}");
    }
}
