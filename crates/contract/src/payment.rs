//! The Payment Service's wire.
