//! Exports of personal data, gathered while one service fails once.

use std::time::Duration;

use estore_testbed::{
    ServiceName::{Payment, User, Verification},
    Shop,
};
use estore_tests::{Access, Customer, directory, fresh};

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn export_retries_when_a_service_fails_once() {
    let mut shop = Shop::start(fresh(directory("exporting"), &[])).await.unwrap();
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    for service in [Payment, Verification] {
        shop.service(service).stop().await.unwrap();
        // The export is the first internal request that this service gets.
        shop.service(service).start_with(&[("FAIL_POINT", "panic:internal.request@1")]).unwrap();
        shop.service(service).ready(PATIENCE).await.unwrap();
        let export = admin.get(User, "/me/export").await.expect(200).value();
        assert!(export["payment"]["orders"].is_array() && export["verification"]["mails"].is_array());
        assert!(shop.service(service).last_lines(50).concat().contains("a handler panicked"));
    }
    shop.stop().await.unwrap();
}
