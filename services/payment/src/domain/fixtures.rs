//! Orders and refunds for the tests of the rules.

use std::collections::BTreeMap;

use estore_contract::{Money, OrderId, PaymentMethodId, UserId, payment::OrderRequest};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Fingerprint, Order, Refund, RefundStage, Returned, State};

pub(super) fn usd(amount: i64) -> Money {
    Money::new(amount, "USD".parse().unwrap())
}

/// Returns an order without a price and a payment, made and read at `at`.
pub(super) fn order(state: State, at: OffsetDateTime) -> Order {
    Order {
        id: OrderId(Uuid::nil()),
        user: UserId(Uuid::nil()),
        request: OrderRequest {
            items: Vec::new(),
            payment_method_id: PaymentMethodId(Uuid::nil()),
            expected_total: None,
            shipping_address: None,
        },
        state,
        version: 3,
        attempts: 0,
        card: ("visa".to_owned(), "4242".to_owned()),
        priced: None,
        deadline: None,
        payment: None,
        has_authorization: false,
        failure: None,
        refunded: 0,
        returned: Returned::Nothing,
        refund_version: 0,
        trace_context: None,
        created_at: at,
        updated_at: at,
        now: at,
    }
}

/// Returns a refund of money alone.
pub(super) fn refund(n: u32, stage: RefundStage, amount: i64) -> Refund {
    Refund {
        n,
        stage,
        version: 1,
        attempts: 0,
        key: n.to_string(),
        fingerprint: Fingerprint(String::new()),
        lines: BTreeMap::new(),
        amount: usd(amount),
        restock: false,
        reason: None,
        failure: None,
        trace_context: None,
        created_at: OffsetDateTime::UNIX_EPOCH,
        updated_at: OffsetDateTime::UNIX_EPOCH,
    }
}
