//! The Payment Service's card gateways: one contract for all of them, and all that can go wrong on the way to Stripe. The functions that
//! close accounts and seal cards anew. The order protocol's model.
#![cfg(test)]

mod closing;
mod gateway_contract;
mod gateway_faults;
mod gateway_sandbox;
mod gateway_settings;
mod gateway_stripe;
mod gateway_stripe_mock;
mod model;
mod resealing;
mod stage;
mod stripe;
mod survey;
mod views;
