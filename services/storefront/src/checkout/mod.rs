//! The checkout: one attempt of a visitor to order, which makes one order at most.

mod attempt;
mod fields;
pub(crate) mod lines;
mod place;
mod refusal;
mod summary;
mod test_cards;

pub(crate) use attempt::{Attempt, Key};
pub(crate) use fields::{CheckoutFields, Choice, Contents};
pub(crate) use place::{Outcome, find, place};
pub(crate) use refusal::{Decline, Refusal, Short};
pub(crate) use summary::Summary;
pub(crate) use test_cards::TEST_CARDS;

use estore_contract::{Quantity, Sku, payment::Order};

use crate::{session::Basket, web::Visitor};

/// Ends an attempt: takes its order out of the basket that the browser sent. Returns what is left,
/// or `None` if that was done before or the order was refused.
///
/// The answer replaces the basket's cookie, and loses what another tab put in since the request. So
/// the request that places an order, which may take seconds, does not do this. The pages that lead
/// to the order or show it do, and that of the basket.
pub(crate) fn settle(visitor: &Visitor, attempt: Attempt, order: &Order) -> Option<Basket> {
    if attempt.is_placed || Refusal::of_order(order).is_some() {
        return None;
    }
    let mut basket = visitor.basket();
    // An earlier form with the key may have ordered other lines than the last one.
    take_out(&mut basket, order.items.iter().map(|line| (&line.sku, line.quantity)));
    // A shorter basket always fits.
    let _fits = basket.keep(&visitor.jar, &visitor.app.config.keys);
    Attempt { is_placed: true, ..attempt }.keep(&visitor.jar);
    Some(basket)
}

/// Takes what was ordered out of the basket. What another tab put in before stays.
fn take_out<'a>(basket: &mut Basket, ordered: impl IntoIterator<Item = (&'a Sku, u32)>) {
    for (sku, units) in ordered {
        let line = basket.lines.iter().find(|line| line.sku == *sku);
        let rest = line.and_then(|line| line.quantity.get().checked_sub(units)).and_then(Quantity::new);
        match rest {
            Some(rest) => basket.set(sku, rest),
            None => basket.remove(sku),
        }
    }
}

#[cfg(test)]
mod tests {
    use estore_contract::Money;

    use super::*;

    #[test]
    fn only_what_was_ordered_leaves_the_basket() {
        let mut basket = Basket::default();
        let price = Money::new(100, "USD".parse().unwrap());
        for (sku, units) in [("A", 2), ("B", 5), ("C", 1)] {
            basket.add(sku.parse().unwrap(), Quantity::new(units).unwrap(), price);
        }
        let ordered = lines::parse("A:2,B:3,D:1").unwrap();
        take_out(&mut basket, ordered.iter().map(|item| (&item.sku, item.quantity.get())));
        let left: Vec<(&str, u32)> =
            basket.lines.iter().map(|line| (line.sku.as_str(), line.quantity.get())).collect();
        assert_eq!(left, [("B", 2), ("C", 1)]);
    }
}
