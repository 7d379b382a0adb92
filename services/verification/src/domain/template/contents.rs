//! Each purpose's contents: what its templates may show, and what they must.

use estore_contract::verification::Purpose;

/// A variable of templates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variable {
    /// Its name.
    pub(super) name: &'static str,
    /// What it holds.
    pub(super) kind: Kind,
}

/// What a variable holds, with a sample.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Text that always has this form.
    Fixed(&'static str),
    /// Text that people chose, of any length.
    Free(&'static str),
    /// A number of pieces.
    Count(u32),
    /// An amount of money as requests have it; shown as the language of the mail writes it.
    Amount(&'static str),
    /// A list, of which each entry has these fields.
    List(&'static [Variable]),
}

/// What the mails of a purpose are made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contents {
    /// What they may show.
    pub(super) variables: &'static [Variable],
    /// What they are for: the text shows it, and so does the HTML.
    pub(super) essence: &'static [&'static str],
    /// What they are about: the subject shows it, or else the text and the HTML do.
    pub(super) about: &'static [&'static str],
}

impl Contents {
    /// The variable `name`.
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
const TOTAL: Variable = variable("total", Kind::Amount("1234.50 USD"));
const ITEMS: Variable = variable(
    "items",
    Kind::List(&[
        variable("name", Kind::Free("Enamel Camp Mug")),
        variable("quantity", Kind::Count(2)),
        variable("line_total", Kind::Amount("1234.50 USD")),
    ]),
);

/// What a mail of `purpose` is made of. A new purpose has to say so here, and no template of it can do without.
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
            variables: &[SHOP, NAME, ORDER_ID, TOTAL, ITEMS],
            essence: &["total"],
            about: &["order_id"],
        },
        Purpose::OrderRefunded => {
            Contents { variables: &[SHOP, NAME, ORDER_ID, TOTAL], essence: &["total"], about: &["order_id"] }
        }
    }
}
