//! Load on demand: the shopper, as a process.

use anyhow::Result;
use estore_testbed::{Service, ServiceName, Shop};

use crate::{ports::Pair, settings::Variables};

/// The orders per minute that a demo begins with.
const ORDERS_PER_MINUTE: &str = "120";
/// The account for visitors of the demo. The accounts of the load have the same password.
pub(crate) const CUSTOMER: (&str, &str) = ("customer@example.com", "correct-horse-battery-staple");

/// Starts the shopper. It begins when the shop is ready.
pub(crate) fn start(
    shop: &Shop,
    ports: Pair,
    (email, password): (&str, &str),
    given: &Variables,
) -> Result<Service> {
    let own = [
        ("USER_URL", shop.url(ServiceName::User)),
        ("VERIFICATION_URL", shop.url(ServiceName::Verification)),
        ("INVENTORY_URL", shop.url(ServiceName::Inventory)),
        ("PAYMENT_URL", shop.url(ServiceName::Payment)),
        ("STOREFRONT_URL", shop.url(ServiceName::Storefront)),
        ("MAIL_URL", format!("http://127.0.0.1:{}/messages", shop.mailbox.http_port)),
        ("ADMIN_EMAIL", email.to_owned()),
        ("ADMIN_PASSWORD", password.to_owned()),
        ("CUSTOMER_EMAIL", CUSTOMER.0.to_owned()),
        ("CUSTOMER_PASSWORD", CUSTOMER.1.to_owned()),
        ("LOAD_PASSWORD", CUSTOMER.1.to_owned()),
        ("SERVICE_PORT", ports.public.to_string()),
        ("MANAGEMENT_PORT", ports.management.to_string()),
        ("LISTEN_ADDRESS", "127.0.0.1".to_owned()),
        ("LOAD_ORDERS_PER_MINUTE", ORDERS_PER_MINUTE.to_owned()),
        ("LOG_FORMAT", "pretty".to_owned()),
    ];
    let mut environment: Variables = own.map(|(name, value)| (name.to_owned(), value)).into();
    environment.extend(given.clone());
    Service::start_as("estore-shopper", &["serve"], environment, &shop.directory().join("shopper.log"))
}
