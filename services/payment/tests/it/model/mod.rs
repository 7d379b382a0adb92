//! The order protocol, explored exhaustively within small bounds (docs/order-flow.md, "The model").
//! Production's own transition functions and the function libraries' own Lua run here. Only the
//! wires and the clock between them are modelled.
//!
//! `emulated` runs the libraries, and `drivers` and `wire` run around `domain::protocol`. `state`,
//! `possible` and `step` are the model; `equations` must hold. `scenarios` and `mutants` are the
//! tests, and `mirror` and `reduction` test the model itself.

mod book;
mod calls;
mod cast;
mod clock;
mod drivers;
mod earlier;
mod emulated;
mod ended;
mod equations;
mod explore;
mod facts;
mod forget;
pub(crate) mod libraries;
mod mirror;
mod mutants;
mod possible;
mod quiet;
mod reduction;
mod run;
mod scenario;
mod scenarios;
mod state;
mod step;
mod wire;
mod world;
