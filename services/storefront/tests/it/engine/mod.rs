//! The engine room, before stand-ins of the components of a demonstration.

mod blocks;
mod buttons;
mod fake;
