//! Parses the functions' answers into the service's own types.

use std::collections::{BTreeMap, HashMap};

use estore_contract::{Money, OrderId, payment::OrderRequest};
use estore_stores::redis::time_of;
use redis::{FromRedisValue, Value};

use crate::{
    Error,
    domain::{Fingerprint, Order, Refund, RefundStage, Returned, State},
};

pub(super) type Fields = HashMap<String, String>;

/// A function's answer: a word, then the fields of an order, then those of refunds.
#[derive(Debug)]
pub struct Row {
    /// The word that says what the function did.
    pub word: String,
    /// The order, if there is one.
    pub order: Option<Order>,
    /// The order's refunds.
    pub refunds: Vec<Refund>,
}

impl Row {
    /// Parses a function's answer.
    pub fn parse(answer: Value) -> Result<Self, Error> {
        Self::of(list(answer)?)
    }

    /// Parses the parts of an answer.
    pub(super) fn of(parts: Vec<Value>) -> Result<Self, Error> {
        let mut parts = parts.into_iter();
        let word = parts.next().map(text).transpose()?.unwrap_or_default();
        let order = parts.next().map(|part| order(&fields(part)?)).transpose()?;
        let refunds = parts.map(|part| refund(&fields(part)?)).collect::<Result<_, _>>()?;
        Ok(Self { word, order, refunds })
    }

    /// Returns the order, which this answer must have.
    pub fn into_order(self) -> Result<Order, Error> {
        self.order.ok_or(Error::Unexpected(self.word))
    }

    /// Returns the order and its one refund, which this answer must have.
    pub fn into_refund(mut self) -> Result<(Order, Refund), Error> {
        self.order.zip(self.refunds.pop()).ok_or(Error::Unexpected(self.word))
    }
}

pub(super) fn list(value: Value) -> Result<Vec<Value>, Error> {
    Vec::<Value>::from_redis_value(value).map_err(|error| Error::Unexpected(error.to_string()))
}

pub(super) fn text(value: Value) -> Result<String, Error> {
    String::from_redis_value(value).map_err(|error| Error::Unexpected(error.to_string()))
}

pub(super) fn fields(value: Value) -> Result<Fields, Error> {
    HashMap::from_redis_value(value).map_err(|error| Error::Unexpected(error.to_string()))
}

fn order(fields: &Fields) -> Result<Order, Error> {
    parse_order(fields).ok_or_else(|| {
        Error::Unexpected(format!("order {:?} in state {:?}", fields.get("id"), fields.get("status")))
    })
}

fn refund(fields: &Fields) -> Result<Refund, Error> {
    parse_refund(fields).ok_or_else(|| {
        Error::Unexpected(format!("refund {:?} in stage {:?}", fields.get("id"), fields.get("status")))
    })
}

fn parse_order(fields: &Fields) -> Option<Order> {
    let text = |name: &str| fields.get(name).map(String::as_str);
    let priced = match (text("lines"), text("amount")) {
        (Some(lines), Some(_)) => Some((serde_json::from_str(lines).ok()?, money(fields)?)),
        _ => None,
    };
    let deadline = match text("deadline") {
        Some(deadline) => Some(time_of(deadline)?),
        None => None,
    };
    let failure = match text("failure") {
        Some(failure) => Some(serde_json::from_str(failure).ok()?),
        None => None,
    };
    Some(Order {
        id: text("id")?.parse().ok()?,
        user: text("user")?.parse().ok()?,
        request: OrderRequest::kept(text("request")?).ok()?,
        state: State::parse(text("status")?)?,
        version: text("version")?.parse().ok()?,
        attempts: text("attempts")?.parse().ok()?,
        card: (text("brand")?.to_owned(), text("last4")?.to_owned()),
        priced,
        deadline,
        payment: text("payment").map(str::to_owned),
        has_authorization: text("count:authorization").is_some(),
        failure,
        refunded: text("refunded")?.parse().ok()?,
        returned: match text("returned")? {
            "none" => Returned::Nothing,
            "part" => Returned::Part,
            "all" => Returned::All,
            _ => return None,
        },
        refund_version: text("refund_version").unwrap_or("0").parse().ok()?,
        trace_context: text("trace").map(str::to_owned),
        created_at: time_of(text("created_at")?)?,
        updated_at: time_of(text("updated_at")?)?,
        now: time_of(text("now")?)?,
    })
}

fn parse_refund(fields: &Fields) -> Option<Refund> {
    let text = |name: &str| fields.get(name).map(String::as_str);
    let flat: Vec<String> = serde_json::from_str(text("lines")?).ok()?;
    let mut lines = BTreeMap::new();
    for pair in flat.chunks_exact(2) {
        let [sku, units] = pair else { return None };
        lines.insert(sku.parse().ok()?, units.parse().ok()?);
    }
    let filled = |name: &str| text(name).filter(|value| !value.is_empty()).map(str::to_owned);
    Some(Refund {
        n: text("id")?.parse().ok()?,
        stage: RefundStage::parse(text("status")?)?,
        version: text("version")?.parse().ok()?,
        attempts: text("attempts")?.parse().ok()?,
        key: text("key")?.to_owned(),
        fingerprint: Fingerprint(text("fingerprint")?.to_owned()),
        lines,
        amount: money(fields)?,
        restock: text("restock")? == "1",
        reason: filled("reason"),
        failure: filled("failure"),
        trace_context: text("trace").map(str::to_owned),
        created_at: time_of(text("created_at")?)?,
        updated_at: time_of(text("updated_at")?)?,
    })
}

/// Parses refunds of several orders: the id of the order before each.
pub(super) fn refunds(answer: Value) -> Result<Vec<(OrderId, Refund)>, Error> {
    let mut parts = list(answer)?.into_iter();
    let mut found = Vec::new();
    while let Some((id, of)) = parts.next().zip(parts.next()) {
        let id = text(id)?;
        let order = id.parse().map_err(|_| Error::Unexpected(format!("refund of order {id:?}")))?;
        found.push((order, refund(&fields(of)?)?));
    }
    Ok(found)
}

fn money(fields: &Fields) -> Option<Money> {
    Some(Money::new(fields.get("amount")?.parse().ok()?, fields.get("currency")?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_with_a_corrupt_field_is_refused() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let request = format!(r#"{{"items": [], "payment_method_id": "{id}"}}"#);
        let fields = [
            ("id", id),
            ("user", id),
            ("request", request.as_str()),
            ("status", "accepted"),
            ("version", "1"),
            ("attempts", "0"),
            ("brand", "visa"),
            ("last4", "4242"),
            ("deadline", "9"),
            ("refunded", "0"),
            ("returned", "none"),
            ("created_at", "1"),
            ("updated_at", "2"),
            ("now", "3"),
        ];
        let good = Fields::from(fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(parse_order(&good).unwrap().deadline.is_some());
        for name in ["status", "deadline", "returned", "created_at", "version"] {
            let mut corrupt = good.clone();
            corrupt.insert(name.to_owned(), "?".to_owned());
            assert!(parse_order(&corrupt).is_none(), "{name}");
        }
    }
}
