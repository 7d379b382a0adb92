//! The User Service: accounts and sessions.

use axum::http::Method;
use estore_contract::{
    Email, Sensitive,
    text::PersonName,
    user::{
        LoginRequest, MailSent, Profile, RefreshRequest, RegisterRequest, ResendRequest,
        ResetPasswordRequest, Tokens,
    },
};

use super::{ApiError, Call, Caller, Service};

/// The calls to the User Service.
#[derive(Clone, Copy)]
pub(crate) struct User<'a> {
    pub(crate) call: Call<'a>,
    caller: Caller<'a>,
}

impl<'a> User<'a> {
    pub(crate) fn new(caller: Caller<'a>) -> Self {
        Self { call: caller.to(Service::User), caller }
    }

    pub(crate) async fn login(&self, email: Email, password: Sensitive) -> Result<Tokens, ApiError> {
        self.call.send(Method::POST, "/login", &LoginRequest { email, password }).await
    }

    pub(crate) async fn refresh(&self, refresh_token: Sensitive) -> Result<Tokens, ApiError> {
        self.call.send(Method::POST, "/token/refresh", &RefreshRequest { refresh_token }).await
    }

    pub(crate) async fn logout(&self) -> Result<(), ApiError> {
        self.call.ask(Method::POST, "/logout").await
    }

    pub(crate) async fn register(
        &self,
        email: Email,
        password: Sensitive,
        name: PersonName,
    ) -> Result<MailSent, ApiError> {
        let locale = self.caller.locale;
        self.call.send(Method::POST, "/register", &RegisterRequest { email, password, name, locale }).await
    }

    /// Sends the link for a new account again.
    pub(crate) async fn resend(&self, email: Email) -> Result<MailSent, ApiError> {
        self.call.send(Method::POST, "/verify-email/resend", &ResendRequest { email }).await
    }

    pub(crate) async fn forgot_password(&self, email: Email) -> Result<MailSent, ApiError> {
        self.call.send(Method::POST, "/password/forgot", &ResendRequest { email }).await
    }

    pub(crate) async fn reset_password(
        &self,
        token: Sensitive,
        new_password: Sensitive,
    ) -> Result<(), ApiError> {
        let body = ResetPasswordRequest { token, new_password };
        self.call.send(Method::POST, "/password/reset", &body).await
    }

    pub(crate) async fn me(&self) -> Result<Profile, ApiError> {
        self.call.get("/me").await
    }
}
