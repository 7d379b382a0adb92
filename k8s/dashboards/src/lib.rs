//! The dashboards of the shop, and the queries of the engine room, as code. A panel's query,
//! meaning and limits are here. The look is defined once, in `panel.rs` and `dashboard.rs`.

mod checkout;
mod dashboard;
mod demo;
mod engine;
mod panel;
mod service;
mod store;
mod storefront;
mod stores;
mod unit;

pub use dashboard::{Dashboard, Row};
pub use engine::queries;
pub use panel::{Bad, Kind, Panel, Query};
pub use store::{THOUSANDTHS, WHOLE};
pub use unit::Unit;

/// Returns every dashboard, from the general to the specific.
#[must_use]
pub fn all() -> Vec<Dashboard> {
    vec![
        store::dashboard(),
        storefront::dashboard(),
        service::dashboard(),
        stores::dashboard(),
        checkout::dashboard(),
        demo::dashboard(),
    ]
}
