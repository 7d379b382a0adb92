//! A Postgres replica: it serves the lists for admins, and nothing else.

use std::time::Duration;

use estore_testbed::{
    ServiceName::{User, Verification},
    Shop,
};
use estore_tests::{Access, Customer, directory, fresh};

const PATIENCE: Duration = Duration::from_secs(30);
const AWAY: (&str, &str) = ("DATABASE_REPLICA_URL", "postgresql://nobody@127.0.0.1:1/nowhere");

#[tokio::test]
async fn replica_serves_admin_lists_alone() {
    let mut shop = Shop::start(fresh(directory("replica"), &[])).await.unwrap();
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
    // A registration writes and then reads at once, without the replica.
    shop.service(User).stop().await.unwrap();
    shop.service(User).start_with(&[AWAY]).unwrap();
    shop.service(User).ready(PATIENCE).await.unwrap();
    let customer = Customer::register(&access, &shop.mailbox).await;
    let _profile = customer.get(User, "/me").await.expect(200);
    shop.stop().await.unwrap();
}
