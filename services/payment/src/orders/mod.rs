//! Access to orders, the answers about them, and the streams of their events.

pub(crate) mod access;
pub(crate) mod answer;
pub(crate) mod events;
pub(crate) mod in_time;
pub(crate) mod streams;
