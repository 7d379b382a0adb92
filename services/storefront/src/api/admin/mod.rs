//! The calls that only the back office makes.

mod inventory;
mod payment;
mod user;
mod verification;

pub(crate) use inventory::{CatalogueQuery, PictureType, Tagged};
pub(crate) use payment::{Found, OrderQuery};
pub(crate) use user::AccountQuery;
pub(crate) use verification::MailQuery;

use serde::Serialize;

/// Writes the query of a list.
fn query(of: &impl Serialize) -> String {
    // Plain data with scalar values, which always serializes.
    serde_html_form::to_string(of).unwrap_or_default()
}
