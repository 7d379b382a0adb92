//! A replica of Postgres: it has the lists, and nothing else.

use std::time::Duration;

use estore_stage::{
    ServiceName::{User, Verification},
    Shop,
};
use estore_tests::{Access, Customer, directory, options};

const PATIENCE: Duration = Duration::from_secs(30);
const AWAY: (&str, &str) = ("DATABASE_REPLICA_URL", "postgresql://nobody@127.0.0.1:1/nowhere");

#[tokio::test]
async fn lists_for_admins_come_from_the_replica_and_everything_else_does_without() {
    let directory = directory("replica");
    Shop::erase(&directory).unwrap();
    let mut shop = Shop::start(options(directory, &[])).await.unwrap();
    let access = Access::to(&shop);
    for (service, list) in [(User, "/users"), (Verification, "/verifications")] {
        let primary = shop.environment(service)["DATABASE_URL"].clone();
        for (url, answered) in [(AWAY.1, 503), (primary.as_str(), 200)] {
            shop.service(service).stop().await.unwrap();
            shop.service(service).start_with(&[(AWAY.0, url)]).unwrap();
            shop.service(service).ready(PATIENCE).await.unwrap();
            let admin = Customer::admin(&access).await;
            let _list = admin.get(service, list).await.expect(answered);
        }
    }
    // Who registers is written, and read at once.
    shop.service(User).stop().await.unwrap();
    shop.service(User).start_with(&[AWAY]).unwrap();
    shop.service(User).ready(PATIENCE).await.unwrap();
    let customer = Customer::register(&access, &shop.mailbox).await;
    let _profile = customer.get(User, "/me").await.expect(200);
    shop.stop().await.unwrap();
}
