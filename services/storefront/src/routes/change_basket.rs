//! `POST /basket`: new quantities, or the removal of a product.

use axum::{extract::State, response::Response};
use estore_contract::{Quantity, Sku};
use serde::Deserialize;

use crate::{
    Error,
    app::App,
    forms::money,
    pages,
    session::{Basket, Flash},
    web::{Post, Visitor},
};

/// The quantities and the prices that the page showed, in the order of the SKUs.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    sku: Vec<Sku>,
    quantity: Vec<String>,
    seen: Vec<String>,
    remove: Option<Sku>,
}

pub(super) async fn change(
    State(app): State<App>,
    visitor: Visitor,
    Post(fields): Post<Fields>,
) -> Result<Response, Error> {
    let mut basket = visitor.basket();
    let removes = fields.remove.is_some();
    let are_all_set = apply(&mut basket, &fields);
    let flash = match basket.keep(&visitor.jar, &app.config.keys) {
        Ok(()) if removes => Flash::Removed,
        Ok(()) if !are_all_set => Flash::QuantityLeft,
        Ok(()) => Flash::BasketChanged,
        Err(_full) => Flash::BasketFull,
    };
    flash.keep(&visitor.jar);
    Ok(pages::go_to("/basket"))
}

/// Sets each quantity, and notes the prices that the visitor saw. Zero removes the product. Returns
/// false if one is no quantity.
fn apply(basket: &mut Basket, fields: &Fields) -> bool {
    let mut are_all_set = true;
    for (sku, quantity) in fields.sku.iter().zip(&fields.quantity) {
        let units = quantity.trim().parse().ok();
        match (units, units.and_then(Quantity::new)) {
            (Some(0), _) => basket.remove(sku),
            (_, Some(quantity)) => basket.set(sku, quantity),
            _ => are_all_set = false,
        }
    }
    // The price of now may be another one, and the next page says so.
    for (sku, seen) in fields.sku.iter().zip(&fields.seen) {
        if let Some(seen) = money::parse(seen) {
            basket.confirm(sku, seen);
        }
    }
    if let Some(sku) = &fields.remove {
        basket.remove(sku);
    }
    are_all_set
}

#[cfg(test)]
mod tests {
    use estore_contract::Money;

    use super::*;
    use crate::session::Line;

    #[test]
    fn quantities_are_set_and_products_removed() {
        let sku = |text: &str| text.parse::<Sku>().unwrap();
        let mut basket = Basket::default();
        for name in ["A", "B", "C", "D"] {
            basket.add(sku(name), Quantity::new(1).unwrap(), Money::new(1, "USD".parse().unwrap()));
        }
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let fields = Fields {
            sku: ["A", "B", "C", "D", "E"].map(sku).to_vec(),
            quantity: texts(&["3", "0", "1000", "2", "5"]),
            seen: texts(&["2 USD", "2 USD", "-2 USD", "2 USD", "2 USD"]),
            remove: Some(sku("D")),
        };
        assert!(!apply(&mut basket, &fields), "1000 is no quantity");
        let line = |line: &Line| (line.sku.to_string(), line.quantity.get(), line.seen.amount);
        let left: Vec<_> = basket.lines.iter().map(line).collect();
        assert_eq!(left, [("A".to_owned(), 3, 2), ("C".to_owned(), 1, 1)], "-2 USD is no price");
    }
}
