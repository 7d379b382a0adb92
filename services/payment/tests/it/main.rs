//! Tests of the Payment Service: one contract for all card gateways, and all faults on the way to
//! Stripe. The functions that close accounts, re-encrypt cards, survey open work, return views,
//! find orders and count sales. The model of the order protocol.
#![cfg(test)]

mod activity;
mod closing;
mod connecting;
mod failed_refunds;
mod faults;
mod gateway_contract;
mod gateway_faults;
mod gateway_sandbox;
mod gateway_settings;
mod gateway_stripe;
mod gateway_stripe_mock;
mod lost;
mod model;
mod numbers;
mod resealing;
mod sales;
mod search;
mod stage;
mod stripe;
mod survey;
mod views;
