//! The order that a name in the stores is about.

use estore_contract::OrderId;

/// The order and the refund that a name is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct About {
    pub(super) order: OrderId,
    pub(super) refund: Option<i64>,
}

/// Returns the order of a text, if it is written as the functions write it.
pub(super) fn order_of(text: &str) -> Option<OrderId> {
    text.parse::<OrderId>().ok().filter(|id| id.to_string() == text)
}

pub(super) fn number_of(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|n| *n > 0 && n.to_string() == text)
}

impl About {
    pub(super) fn order(text: &str) -> Option<Self> {
        Some(Self { order: order_of(text)?, refund: None })
    }

    /// Parses a task: `<order>` or `<order>/<n>`.
    pub(super) fn task(text: &str) -> Option<Self> {
        match text.split_once('/') {
            None => Self::order(text),
            Some((order, n)) => Some(Self { order: order_of(order)?, refund: Some(number_of(n)?) }),
        }
    }

    /// Parses an email: `<order>/confirmed` or `<order>/refunded/<n>`.
    pub(super) fn email(text: &str) -> Option<Self> {
        let (order, rest) = text.split_once('/')?;
        let refund = match rest.split_once('/') {
            None => return Self::order(order).filter(|_| rest == "confirmed"),
            Some((word, n)) => number_of(n).filter(|_| word == "refunded")?,
        };
        Some(Self { order: order_of(order)?, refund: Some(refund) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";

    #[test]
    fn task_and_email_name_order_and_refund() {
        let order = order_of(ID).unwrap();
        let about = |refund| Some(About { order, refund });
        assert_eq!(About::task(ID), about(None));
        assert_eq!(About::task(&format!("{ID}/2")), about(Some(2)));
        assert_eq!(About::email(&format!("{ID}/confirmed")), about(None));
        assert_eq!(About::email(&format!("{ID}/refunded/3")), about(Some(3)));
    }

    #[test]
    fn other_spelling_names_nothing() {
        for wrong in
            [format!("{ID}x"), ID.to_uppercase(), format!("{ID}/02"), format!("{ID}/"), String::new()]
        {
            assert_eq!(About::task(&wrong), None, "{wrong}");
        }
        for wrong in [ID.to_owned(), format!("{ID}/cancelled"), format!("{ID}/refunded/x")] {
            assert_eq!(About::email(&wrong), None, "{wrong}");
        }
    }
}
