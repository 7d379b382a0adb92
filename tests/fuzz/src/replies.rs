//! Redis replies: an order, a refund or a view as it was written, or an error; never a panic.

use estore_contract::OrderId;
use estore_payment::{domain::Shown, store::parse::Row};
use redis::Value;
use uuid::Uuid;

use crate::{choose, text};

const ORDER: &str = r#"id=b3acefb5-4074-5585-8952-1ff539e7b1c0
user=0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01
request={"items":[{"sku":"MUG","quantity":2}],"payment_method_id":"0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01"}
status=completed
version=6
attempts=1
brand=visa
last4=4242
lines=[{"sku":"MUG","name":"Mug","quantity":2,"unit_price":{"amount":5,"currency":"USD"},"line_total":{"amount":10,"currency":"USD"}}]
amount=10
currency=USD
refunded=0
created_at=1795435200000
updated_at=1795435200000
now=1795435200000"#;

const REFUND: &str = r#"id=1
status=done
version=3
attempts=0
key=k
fingerprint=f
lines=["MUG","1"]
amount=5
currency=USD
restock=1
created_at=1795435200000
updated_at=1795435200000"#;

pub(crate) fn check(data: &[u8]) {
    match choose(data, 3) {
        Some((0, bytes)) => {
            if let Ok(value) = redis::parse_redis_value(bytes) {
                read(value);
            }
        }
        Some((2, bytes)) => {
            let Some(view) = text(bytes).and_then(Shown::parse) else { return };
            let mut shown = String::new();
            assert!(view.write(OrderId(Uuid::nil()), &mut shown).is_ok(), "{view:?} cannot be shown");
        }
        Some((_, bytes)) => {
            let Some(changes) = text(bytes) else { return };
            // The changes apply to both; of two fields with one name the later counts.
            let fields = |of: &str| hash(&format!("{of}\n{changes}"));
            read(Value::Array(vec![bulk("ok"), fields(ORDER), fields(REFUND)]));
        }
        None => {}
    }
}

fn read(value: Value) {
    let Ok(row) = Row::parse(value) else { return };
    let Some(order) = row.order else { return };
    let shown = serde_json::to_value(order.view());
    assert!(shown.is_ok(), "{order:?} cannot be shown");
    for refund in row.refunds {
        assert!(serde_json::to_value(refund.view(order.id)).is_ok(), "{refund:?} cannot be shown");
    }
}

fn hash(fields: &str) -> Value {
    let pairs = fields.lines().filter_map(|line| line.split_once('='));
    Value::Array(pairs.flat_map(|(name, value)| [bulk(name), bulk(value)]).collect())
}

fn bulk(text: &str) -> Value {
    Value::BulkString(text.as_bytes().to_vec())
}
