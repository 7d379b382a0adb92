//! A fake Stripe: payments, refunds, idempotency keys, and every way to lose an answer.

mod books;
mod desk;
mod faults;
mod refunds;
mod serve;

use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use estore_contract::OrderId;
use estore_payment::gateway::Stripe;
use secrecy::SecretString;
use tokio::task::JoinHandle;

use crate::gateway_contract::{Books as Watched, Entries};

use self::desk::Desk;
pub(crate) use self::faults::{Fault, Operation};

/// The one key that the fake accepts.
pub(crate) const KEY: &str = "sk_test_ofOurFake";
/// Long for an answer from memory, and short for a test that waits in vain.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(1);

/// A fake server, which ends when this value is dropped.
pub(crate) struct Fake {
    pub(crate) base: String,
    desk: Arc<Mutex<Desk>>,
    server: JoinHandle<()>,
}

impl Fake {
    /// Starts a fake on a port of its own, with empty records.
    pub(crate) async fn start() -> Self {
        let desk = Arc::new(Mutex::new(Desk::default()));
        let (base, server) = serve::start(desk.clone()).await;
        Self { base, desk, server }
    }

    pub(crate) fn gateway(&self) -> Stripe {
        self.gateway_with(KEY)
    }

    /// Returns a gateway to it that uses `key`.
    pub(crate) fn gateway_with(&self, key: &str) -> Stripe {
        Stripe::new(&self.base, &SecretString::from(key), DEADLINE).unwrap()
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap()
    }

    /// Makes the next request for `operation` meet `fault`.
    pub(crate) fn break_next(&self, operation: Operation, fault: Fault) {
        self.desk().faults.push((operation, fault));
    }

    /// Forgets all keys, as Stripe does after a day.
    pub(crate) fn forget_keys(&self) {
        self.desk().keys.clear();
    }

    /// Applies requests that arrived late.
    pub(crate) fn finish_late(&self) {
        self.desk().finish_late();
    }

    /// Expires the authorization.
    pub(crate) fn run_out(&self, payment: &str) {
        self.desk().books.run_out(payment);
    }

    /// Sets the status of new refunds and of those made before.
    pub(crate) fn refunds_are(&self, status: &'static str) {
        self.desk().books.refunds_are(status);
    }

    /// Adds a refund that somebody made in Stripe's own dashboard.
    pub(crate) fn refund_by_hand(&self, payment: &str, amount: i64) {
        self.desk().books.refund_by_hand(payment, amount);
    }

    /// Adds a payment of another shop with the same account.
    pub(crate) fn foreign_payment(&self) {
        self.desk().books.foreign_payment();
    }

    /// Returns the time at which the payment was made, in seconds since 1970.
    pub(crate) fn made_at(&self, payment: &str) -> i64 {
        self.desk().books.made_at(payment)
    }

    /// Returns the number of requests for `operation`.
    pub(crate) fn asked(&self, operation: Operation) -> usize {
        self.desk().asked.iter().filter(|asked| **asked == operation).count()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[async_trait]
impl Watched for Fake {
    async fn entries(&self, order: OrderId) -> Entries {
        self.desk().books.entries(&order.to_string())
    }
}
