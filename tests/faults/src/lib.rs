//! Injects faults into a shop under load, and checks it afterwards. The equations of order-flow
//! section 6 compare the operations of clients with the content of the stores.

pub mod checker;
pub mod faults;
pub mod history;
pub mod published;
pub mod stand;
pub mod stores;
