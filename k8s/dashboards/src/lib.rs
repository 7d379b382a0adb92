//! The dashboards of the shop, as code: what a panel asks, what it means and from where on it is bad is said here, and how it looks is
//! said once, in `panel.rs` and `dashboard.rs`.

mod checkout;
mod dashboard;
mod panel;
mod service;
mod store;
mod stores;
mod unit;

pub use dashboard::{Dashboard, Row};
pub use panel::{Bad, Kind, Panel, Query};
pub use store::{THOUSANDTHS, WHOLE};
pub use unit::Unit;

/// Every dashboard, from the general to the specific.
#[must_use]
pub fn all() -> Vec<Dashboard> {
    vec![store::dashboard(), service::dashboard(), stores::dashboard(), checkout::dashboard()]
}
