//! The rules of the load: kinds of steps, their mix, and the dial. Pure.

mod dial;
mod kind;

pub(crate) use dial::{DEFAULT_MIX, Dial};
pub(crate) use kind::Kind;
