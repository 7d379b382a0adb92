//! The Verification Service: the links in emails.

use axum::http::Method;
use estore_contract::{
    Sensitive,
    verification::{Verified, VerifyRequest},
};

use super::{ApiError, Call, Caller, Service};

/// The calls to the Verification Service.
#[derive(Clone, Copy)]
pub(crate) struct Verification<'a>(pub(crate) Call<'a>);

impl<'a> Verification<'a> {
    pub(crate) fn new(caller: Caller<'a>) -> Self {
        Self(caller.to(Service::Verification))
    }

    /// Presses the button of an email's link.
    pub(crate) async fn verify(&self, token: Sensitive) -> Result<Verified, ApiError> {
        self.0.send(Method::POST, "/verify", &VerifyRequest { token }).await
    }
}
