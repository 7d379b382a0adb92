//! The texts of pages, in each language. A file has the texts of one subject, English first and
//! German after it, so that none can lack a translation.

mod access;
mod account;
pub(crate) mod admin;
mod basket;
mod catalogue;
mod checkout;
mod common;
pub(crate) mod engine;
mod errors;
pub(crate) mod format;
mod notices;
mod orders;

use estore_contract::verification::Locale;

pub(crate) use basket::{link as basket_link, price_changed, short};
pub(crate) use catalogue::{products, sort, stock};
pub(crate) use checkout::{outcome_unknown, refusal, test_card};
pub(crate) use errors::explain;
pub(crate) use notices::{away, flash};
pub(crate) use orders::{
    email as order_email, refund, status as order_status, status_means as order_status_means,
    step as order_step, units,
};

/// Defines the texts of a subject: the name of each, its English and its German form.
macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $english:literal, $german:literal;)+ }) => {
        $(#[$doc])*
        pub(crate) struct $name { $(pub(crate) $field: &'static str,)+ }

        impl $name {
            pub(super) const EN: Self = Self { $($field: $english,)+ };
            pub(super) const DE: Self = Self { $($field: $german,)+ };
        }
    };
}

use texts;

/// The texts of one language.
pub(crate) struct Texts {
    pub(crate) common: common::Common,
    pub(crate) catalogue: catalogue::Catalogue,
    pub(crate) basket: basket::Basket,
    pub(crate) access: access::Access,
    pub(crate) checkout: checkout::Checkout,
    pub(crate) orders: orders::Orders,
    pub(crate) account: account::Account,
    pub(crate) admin: admin::Admin,
    pub(crate) engine: engine::Engine,
}

static EN: Texts = Texts {
    common: common::Common::EN,
    catalogue: catalogue::Catalogue::EN,
    basket: basket::Basket::EN,
    access: access::Access::EN,
    checkout: checkout::Checkout::EN,
    orders: orders::Orders::EN,
    account: account::Account::EN,
    admin: admin::Admin::EN,
    engine: engine::Engine::EN,
};

static DE: Texts = Texts {
    common: common::Common::DE,
    catalogue: catalogue::Catalogue::DE,
    basket: basket::Basket::DE,
    access: access::Access::DE,
    checkout: checkout::Checkout::DE,
    orders: orders::Orders::DE,
    account: account::Account::DE,
    admin: admin::Admin::DE,
    engine: engine::Engine::DE,
};

impl Texts {
    /// Returns the texts of a language.
    pub(crate) const fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::En => &EN,
            Locale::De => &DE,
        }
    }
}
