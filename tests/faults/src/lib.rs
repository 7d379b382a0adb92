//! Whether the shop kept its word: what clients did, what the stores hold, and the equations that tie the two together
//! (order-flow section 6).

pub mod checker;
pub mod history;
pub mod stores;
