//! The checker: the equations of `estore-checker`, and the search for secrets in files.

mod secrets;

pub use estore_checker::{Alarm, CheckOptions, Findings, Hot, Violation, When, check, examine, report};
pub use secrets::{Canary, scan};
