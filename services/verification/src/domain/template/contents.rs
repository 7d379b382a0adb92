//! The contents of each purpose: the variables that its templates may show, and those that they
//! must show.

use estore_contract::verification::Purpose;

/// A variable of templates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variable {
    pub(super) name: &'static str,
    /// The kind of its value.
    pub(super) kind: Kind,
}

/// The kind of a variable's value, with a sample.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Text that always has this form.
    Fixed(&'static str),
    /// Text that always has this form, or is empty.
    Optional(&'static str),
    /// Text chosen by people, of any length.
    Free(&'static str),
    /// A number of units.
    Count(u32),
    /// An amount of money in the format of requests. It is shown in the format of the email's
    /// language.
    Amount(&'static str),
    /// A list whose entries have these fields.
    List(&'static [Variable]),
}

/// The contents of the emails of a purpose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contents {
    /// The variables that they may show.
    pub(super) variables: &'static [Variable],
    /// The variables that both the text and the HTML must show.
    pub(super) essence: &'static [&'static str],
    /// The variables of which the subject must show one, or else both the text and the HTML.
    pub(super) about: &'static [&'static str],
}

impl Contents {
    pub(super) fn find(&self, name: &str) -> Option<Variable> {
        self.variables.iter().copied().find(|variable| variable.name == name)
    }
}

const fn variable(name: &'static str, kind: Kind) -> Variable {
    Variable { name, kind }
}

const SHOP: Variable = variable("shop", Kind::Fixed("E-Store"));
const NAME: Variable = variable("name", Kind::Free("Ada"));
const LINK: Variable = variable("link", Kind::Fixed("https://example.com/verify?token=sample-token"));
const TOKEN: Variable = variable("token", Kind::Fixed("sample-token"));
const NOTICE: Variable = variable("notice", Kind::Free("your password was changed"));
const ORDER_ID: Variable = variable("order_id", Kind::Fixed("0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01"));
const ORDER_NUMBER: Variable = variable("order_number", Kind::Fixed("06BT-DW1W"));
/// Empty if the shop has no page for an order.
const ORDER_LINK: Variable =
    variable("order_link", Kind::Optional("https://example.com/orders/0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01"));
const TOTAL: Variable = variable("total", Kind::Amount("1234.50 USD"));
const ITEMS: Variable = variable(
    "items",
    Kind::List(&[
        variable("name", Kind::Free("Enamel Camp Mug")),
        variable("quantity", Kind::Count(2)),
        variable("line_total", Kind::Amount("1234.50 USD")),
    ]),
);

/// Returns the contents of emails of `purpose`. A new purpose must list its contents here, and its
/// templates must show the required ones.
pub(super) const fn contents(purpose: Purpose) -> Contents {
    match purpose {
        Purpose::Email
        | Purpose::EmailChange
        | Purpose::EmailChangeAsked
        | Purpose::EmailChanged
        | Purpose::PasswordReset => {
            Contents { variables: &[SHOP, NAME, LINK, TOKEN], essence: &["link"], about: &[] }
        }
        Purpose::AlreadyRegistered => Contents { variables: &[SHOP, NAME], essence: &[], about: &[] },
        Purpose::SecurityNotice => {
            Contents { variables: &[SHOP, NAME, NOTICE], essence: &["notice"], about: &[] }
        }
        Purpose::OrderConfirmed => Contents {
            variables: &[SHOP, NAME, ORDER_ID, ORDER_NUMBER, ORDER_LINK, TOTAL, ITEMS],
            essence: &["total"],
            about: &["order_number", "order_id"],
        },
        Purpose::OrderRefunded => Contents {
            variables: &[SHOP, NAME, ORDER_ID, ORDER_NUMBER, ORDER_LINK, TOTAL],
            essence: &["total"],
            about: &["order_number", "order_id"],
        },
    }
}
