//! What is held on a person is gathered from services of which one fails once.

use std::time::Duration;

use estore_stage::{
    ServiceName::{Payment, User, Verification},
    Shop,
};
use estore_tests::{Access, Customer, directory, options};

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn export_asks_again_when_a_service_fails_once() {
    let directory = directory("exporting");
    Shop::erase(&directory).unwrap();
    let mut shop = Shop::start(options(directory, &[])).await.unwrap();
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    for service in [Payment, Verification] {
        shop.service(service).stop().await.unwrap();
        // The first that another service asks of it is this export.
        shop.service(service).start_with(&[("FAIL_POINT", "panic:internal.request@1")]).unwrap();
        shop.service(service).ready(PATIENCE).await.unwrap();
        let export = admin.get(User, "/me/export").await.expect(200).value();
        assert!(export["payment"]["orders"].is_array() && export["verification"]["mails"].is_array());
        assert!(shop.service(service).last_lines(50).concat().contains("a handler panicked"));
    }
    shop.stop().await.unwrap();
}
