//! The current costs of an order.

use std::collections::HashMap;

use estore_contract::{
    Money, Sku,
    inventory::{Product, ProductStatus},
    payment::OrderItem,
};

/// One line of the summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) sku: Sku,
    pub(crate) quantity: u32,
    /// The product as it is sold now. `None` if it is not sold, or the catalogue is away.
    pub(crate) product: Option<Product>,
    pub(crate) sum: Option<Money>,
}

impl Row {
    /// Returns true if fewer units are left than wanted.
    pub(crate) fn is_short(&self) -> bool {
        self.product.as_ref().is_some_and(|product| product.available < i64::from(self.quantity))
    }

    /// Returns the name, or the SKU if the name is not known.
    pub(crate) fn name(&self) -> &str {
        self.product.as_ref().map_or(self.sku.as_str(), |product| product.name.as_str())
    }
}

/// The lines that the visitor wants to order, at the prices of now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) rows: Vec<Row>,
    /// The sum. `None` if it is not known, or in two currencies.
    pub(crate) total: Option<Money>,
    /// True if the prices are known.
    pub(crate) is_priced: bool,
}

impl Summary {
    /// Prices lines. `products` is `None` while the catalogue is away.
    pub(crate) fn of(lines: &[OrderItem], products: Option<Vec<Product>>) -> Self {
        let is_priced = products.is_some();
        let on_sale = |product: &Product| product.status == ProductStatus::Active;
        let products = products.unwrap_or_default().into_iter().filter(on_sale);
        let mut products: HashMap<Sku, Product> =
            products.map(|product| (product.sku.clone(), product)).collect();
        let row = |item: &OrderItem| {
            let product = products.remove(&item.sku);
            let quantity = item.quantity.get();
            let sum = product.as_ref().and_then(|product| product.price.times(quantity));
            Row { sku: item.sku.clone(), quantity, product, sum }
        };
        let rows: Vec<Row> = lines.iter().map(row).collect();
        let mut sums = rows.iter().map(|row| row.sum);
        let first = sums.next().flatten();
        let total =
            sums.try_fold(first, |total, sum| Some(total.zip(sum).and_then(|(total, sum)| total.plus(sum))));
        Self { total: total.flatten(), rows, is_priced }
    }

    /// Returns true if the shop can take this order now, as far as the catalogue knows.
    pub(crate) fn is_orderable(&self) -> bool {
        self.total.is_some() && !self.rows.iter().any(Row::is_short)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checkout::lines;

    fn product(sku: &str, amount: i64, currency: &str, available: i64, status: &str) -> Product {
        serde_json::from_value(json!({
            "sku": sku, "name": format!("The {sku}"), "description": "", "category": "all", "tags": [],
            "price": {"amount": amount, "currency": currency}, "images": [], "attributes": {},
            "available": available, "status": status, "version": 1,
            "created_at": "2026-11-23T12:00:00Z", "updated_at": "2026-11-23T12:00:00Z",
        }))
        .unwrap()
    }

    fn usd(amount: i64) -> Money {
        Money::new(amount, "USD".parse().unwrap())
    }

    #[test]
    fn summary_has_the_prices_of_now() {
        let products = vec![product("B", 250, "USD", 1, "active"), product("A", 1000, "USD", 5, "active")];
        let summary = Summary::of(&lines::parse("A:2,B:1").unwrap(), Some(products));
        assert_eq!((summary.total, summary.is_orderable()), (Some(usd(2250)), true));
        assert_eq!(summary.rows.iter().map(Row::name).collect::<Vec<_>>(), ["The A", "The B"]);
    }

    #[test]
    fn short_gone_or_mixed_lines_cannot_be_ordered() {
        let lines = lines::parse("A:2,B:1").unwrap();
        let of = |products: Vec<Product>| Summary::of(&lines, Some(products));
        let a = || product("A", 1000, "USD", 5, "active");
        let short = of(vec![product("A", 1000, "USD", 1, "active"), product("B", 1, "USD", 1, "active")]);
        assert_eq!((short.total, short.is_orderable()), (Some(usd(2001)), false));
        let archived = of(vec![a(), product("B", 1, "USD", 1, "archived")]);
        let gone = of(vec![a()]);
        let mixed = of(vec![a(), product("B", 1, "EUR", 1, "active")]);
        for summary in [archived, gone, mixed] {
            assert_eq!((summary.total, summary.is_orderable()), (None, false));
        }
    }

    #[test]
    fn summary_without_the_catalogue_names_skus() {
        let summary = Summary::of(&lines::parse("A:2").unwrap(), None);
        assert_eq!((summary.is_priced, summary.total), (false, None));
        assert_eq!(summary.rows.first().map(Row::name), Some("A"));
    }
}
