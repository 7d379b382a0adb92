//! The tests in a cluster: what the two programs, the shopper inside and the conductor outside, tell each other.

mod line;

pub use line::{Ended, Line};
