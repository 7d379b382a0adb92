//! The lines of an order, as a form carries them: `MUG-01:2,CUP.x:1`.
//!
//! A form names what it orders, so that its repeat asks for the same, whatever is in the basket by
//! then.

use estore_contract::{Quantity, payment::OrderItem};

/// The most lines of an order.
const MOST: usize = 100;

/// Writes lines. No SKU has a colon or a comma.
pub(crate) fn to_text(lines: &[OrderItem]) -> String {
    let line = |item: &OrderItem| format!("{}:{}", item.sku, item.quantity.get());
    lines.iter().map(line).collect::<Vec<_>>().join(",")
}

/// Reads lines.
pub(crate) fn parse(text: &str) -> Option<Vec<OrderItem>> {
    let line = |text: &str| {
        let (sku, quantity) = text.split_once(':')?;
        Some(OrderItem { sku: sku.parse().ok()?, quantity: Quantity::new(quantity.parse().ok()?)? })
    };
    let lines: Vec<OrderItem> = text.split(',').map(line).collect::<Option<_>>()?;
    (lines.len() <= MOST).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive_their_form() {
        let text = "MUG-01:2,A.b_c-d:999";
        let lines = parse(text).unwrap();
        assert_eq!((lines.len(), to_text(&lines).as_str()), (2, text));
    }

    #[test]
    fn text_that_is_no_lines_is_refused() {
        for bad in ["", ",", "MUG-01", "MUG-01:", "MUG-01:0", "MUG-01:1000", ":1", "MUG-01:1,", "a b:1"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(parse(&vec!["A:1"; 101].join(",")), None);
    }
}
