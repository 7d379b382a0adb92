//! The Payment Service's card gateways: one contract for all of them, and all that can go wrong on the way to Stripe.
#![cfg(test)]

mod gateway_contract;
mod gateway_faults;
mod gateway_sandbox;
mod gateway_settings;
mod gateway_stripe;
mod gateway_stripe_mock;
mod model;
mod stripe;
