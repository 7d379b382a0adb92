//! The APIs of the demo's two components, and the fault switches of the Payment Service. `chaos`
//! causes faults on demand, and `shopper` load.

mod faults;
mod load;

pub use faults::{
    ActiveFault, FaultEvent, FaultKind, FaultOption, FaultOrigin, FaultOutcome, FaultPlatform, FaultRequest,
    FaultState, FaultSwitch, FaultTarget, Requester, SwitchKind, Timetable,
};
pub use load::{LoadCounts, LoadRequest, LoadState, MAX_ORDERS_PER_MINUTE, Mix, Told};
