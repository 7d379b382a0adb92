//! `--demo`: faults and load on demand, and the audit, beside the shop.

mod audit;
mod faults;
mod processes;
mod settings;
mod shopper;

pub(crate) use audit::run as audit;
pub(crate) use faults::run as faults;
pub(crate) use settings::add as add_settings;
pub(crate) use shopper::{CUSTOMER, start as shopper};
