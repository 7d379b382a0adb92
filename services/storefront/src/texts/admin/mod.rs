//! The texts of the back office.

mod catalogue;
mod failures;
mod frame;
mod mails;
mod orders;
mod people;
mod products;
mod refusals;
mod tables;
mod today;
mod words;

pub(crate) use failures::failure;
pub(crate) use products::{field, mistake, rule};
pub(crate) use refusals::refusal;
pub(crate) use tables::{line_error, refused};
pub(crate) use words::{
    account_status, mail_status, movement, order_status, order_step, purpose, refund_status, role,
    transaction,
};

/// The texts of the back office in one language.
pub(crate) struct Admin {
    pub(crate) frame: frame::Frame,
    pub(crate) today: today::Today,
    pub(crate) orders: orders::Orders,
    pub(crate) products: products::Products,
    pub(crate) tables: tables::Tables,
    pub(crate) catalogue: catalogue::Catalogue,
    pub(crate) people: people::People,
    pub(crate) mails: mails::Mails,
}

impl Admin {
    pub(super) const EN: Self = Self {
        frame: frame::Frame::EN,
        today: today::Today::EN,
        orders: orders::Orders::EN,
        products: products::Products::EN,
        tables: tables::Tables::EN,
        catalogue: catalogue::Catalogue::EN,
        people: people::People::EN,
        mails: mails::Mails::EN,
    };

    pub(super) const DE: Self = Self {
        frame: frame::Frame::DE,
        today: today::Today::DE,
        orders: orders::Orders::DE,
        products: products::Products::DE,
        tables: tables::Tables::DE,
        catalogue: catalogue::Catalogue::DE,
        people: people::People::DE,
        mails: mails::Mails::DE,
    };
}
