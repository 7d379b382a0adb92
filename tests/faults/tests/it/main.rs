//! The checker, checked: a shop that is as it should be has no violation, and whatever is wrong with one is found.
#![cfg(test)]

mod archive;
mod breaking;
mod closing;
mod ends;
mod money;
mod moving;
mod mutate;
mod order;
mod plant;
mod quiet;
mod reading;
mod recorder;
mod secrets;
mod seen;
mod shop;
mod shown;
mod stage;
mod states;
mod stock;
mod sweep;
mod told;
mod view;
