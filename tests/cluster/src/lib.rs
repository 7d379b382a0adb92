//! The protocol of the tests in a cluster, between their two programs: the shopper inside and the
//! conductor outside.

mod line;

pub use line::{Ended, Line};
