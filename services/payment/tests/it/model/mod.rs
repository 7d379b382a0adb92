//! The order protocol, explored exhaustively within small bounds (docs/order-flow.md, "The model"). Production's own transition
//! functions and the function libraries' own Lua run here; only what lies between them, the wires and the clock, is a model.

mod calls;
mod cast;
mod drivers;
mod emulated;
mod ended;
mod equations;
mod explore;
mod facts;
mod forget;
mod libraries;
mod mirror;
mod mutants;
mod possible;
mod run;
mod scenario;
mod scenarios;
mod shop;
mod wire;
mod world;
