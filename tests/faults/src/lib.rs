//! Breaks a shop under load, and checks whether it kept its word: what clients did, what the stores hold, and the equations that
//! tie the two together (order-flow section 6).

pub mod checker;
pub mod faults;
pub mod history;
pub mod load;
pub mod stand;
pub mod stores;
