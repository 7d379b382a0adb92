//! The form of a refund.

use std::collections::BTreeMap;

use estore_contract::{
    Quantity, Sku,
    payment::{Order, OrderItem, Refund, RefundRequest, RefundStatus},
    text::ShortText,
};
use serde::Deserialize;

/// The fields of the form, as the browser sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct RefundForm {
    /// The idempotency key, made with the form.
    pub(crate) key: String,
    pub(crate) sku: Vec<String>,
    /// The units of the SKUs at the same places.
    pub(crate) units: Vec<String>,
    pub(crate) reason: String,
    pub(crate) restock: String,
    /// Set by the button that refunds everything that is left.
    pub(crate) all: String,
    /// The number of the last restored refund that the page shows.
    pub(crate) seen: String,
}

/// The mistake in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundMistake {
    NothingChosen,
    Units,
    Reason,
}

/// The units of one SKU of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) sku: Sku,
    /// The units that no refund has taken.
    pub(crate) units: u32,
}

/// Returns the units of each SKU that are not refunded. A refund that failed takes none.
pub(crate) fn left(order: &Order, refunds: &[Refund]) -> Vec<Left> {
    let mut left: Vec<Left> = Vec::new();
    for line in &order.items {
        match left.iter_mut().find(|known| known.sku == line.sku) {
            Some(known) => known.units += line.quantity,
            None => left.push(Left { sku: line.sku.clone(), units: line.quantity }),
        }
    }
    let taken = refunds.iter().filter(|refund| refund.status != RefundStatus::Failed);
    for line in taken.flat_map(|refund| &refund.items) {
        for known in left.iter_mut().filter(|known| known.sku == line.sku) {
            known.units = known.units.saturating_sub(line.quantity);
        }
    }
    left
}

/// Returns the highest number of a refund that was restored from the gateway. Such a refund has no
/// lines. The service refuses a form that was made before it (`refunds_seen`).
pub(crate) fn last_restored(refunds: &[Refund]) -> Option<u32> {
    refunds.iter().filter(|refund| refund.items.is_empty()).map(|refund| refund.number).max()
}

impl RefundForm {
    /// Returns the units that the form has for a SKU, as text.
    pub(crate) fn units_of(&self, sku: &Sku) -> &str {
        let mut pairs = self.sku.iter().zip(&self.units);
        pairs.find(|(known, _)| *known == sku.as_str()).map_or("0", |(_, units)| units)
    }

    /// Reads the request.
    pub(crate) fn request(&self, left: &[Left]) -> Result<RefundRequest, RefundMistake> {
        let reason = self.reason.trim();
        let reason = (!reason.is_empty())
            .then(|| ShortText::try_from(reason.to_owned()))
            .transpose()
            .map_err(|_rule| RefundMistake::Reason)?;
        let items = if self.all.is_empty() { Some(self.items(left)?) } else { None };
        let refunds_seen = self.seen.parse().ok();
        Ok(RefundRequest { items, reason, restock: !self.restock.is_empty(), refunds_seen })
    }

    fn items(&self, left: &[Left]) -> Result<Vec<OrderItem>, RefundMistake> {
        let mut items = BTreeMap::new();
        for (sku, units) in self.sku.iter().zip(&self.units) {
            let units: u32 = match units.trim() {
                "" => 0,
                units => units.parse().map_err(|_invalid| RefundMistake::Units)?,
            };
            if units == 0 {
                continue;
            }
            let known = left.iter().find(|known| known.sku.as_str() == sku);
            let known = known.filter(|known| units <= known.units).ok_or(RefundMistake::Units)?;
            let quantity = Quantity::new(units).ok_or(RefundMistake::Units)?;
            items.insert(known.sku.clone(), quantity);
        }
        if items.is_empty() {
            return Err(RefundMistake::NothingChosen);
        }
        Ok(items.into_iter().map(|(sku, quantity)| OrderItem { sku, quantity }).collect())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    fn order() -> Order {
        serde_json::from_value(json!({
            "id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", "number": "0197-A6F0", "status": "completed",
            "items": [
                {"sku": "A", "name": "Mug", "quantity": 3, "unit_price": null, "line_total": null},
                {"sku": "B", "name": "Cup", "quantity": 1, "unit_price": null, "line_total": null}
            ],
            "total": null, "refunded": null, "failure": null,
            "payment_method": {"id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", "brand": "visa", "last4": "4242"},
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
        }))
        .unwrap()
    }

    fn refund(status: &str, units: u32) -> Refund {
        serde_json::from_value(json!({
            "order_id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", "number": 1, "status": status,
            "amount": {"amount": 1, "currency": "USD"}, "items": [{"sku": "A", "quantity": units}],
            "restock": false, "reason": null, "failure": null,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
        }))
        .unwrap()
    }

    fn form(units: [&str; 2]) -> RefundForm {
        RefundForm {
            sku: vec!["A".to_owned(), "B".to_owned()],
            units: units.map(str::to_owned).to_vec(),
            ..RefundForm::default()
        }
    }

    fn units(refunds: &[Refund]) -> Vec<u32> {
        left(&order(), refunds).iter().map(|left| left.units).collect()
    }

    #[test]
    fn failed_refund_leaves_its_units() {
        assert_eq!(units(&[]), [3, 1]);
        assert_eq!(units(&[refund("completed", 1), refund("pending", 1), refund("failed", 1)]), [1, 1]);
    }

    #[test]
    fn refund_takes_only_chosen_lines() {
        let left = left(&order(), &[refund("completed", 1)]);
        let request = form(["2", ""]).request(&left).unwrap();
        let items = request.items.unwrap();
        assert_eq!((items.len(), items[0].sku.as_str(), items[0].quantity.get()), (1, "A", 2));
        assert!(!request.restock && request.reason.is_none());
    }

    #[test]
    fn refund_beyond_what_is_left_is_refused() {
        let left = left(&order(), &[refund("completed", 1)]);
        for (units, mistake) in [
            (["3", "0"], RefundMistake::Units),
            (["-1", "0"], RefundMistake::Units),
            (["1.5", "0"], RefundMistake::Units),
            (["0", ""], RefundMistake::NothingChosen),
        ] {
            assert_eq!(form(units).request(&left).unwrap_err(), mistake, "{units:?}");
        }
        let mut other = form(["1", "0"]);
        other.sku[0] = "C".to_owned();
        assert_eq!(other.request(&left).unwrap_err(), RefundMistake::Units);
    }

    #[test]
    fn button_for_everything_names_no_lines() {
        let all = RefundForm { all: "1".to_owned(), restock: "1".to_owned(), ..form(["1", "0"]) };
        let request = all.request(&left(&order(), &[])).unwrap();
        assert!(request.items.is_none() && request.restock);
        let long = RefundForm { reason: "x".repeat(201), ..all };
        assert_eq!(long.request(&[]).unwrap_err(), RefundMistake::Reason);
    }
}
