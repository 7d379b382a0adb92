//! The caller's own account.

use std::time::Duration;

use axum::http::{HeaderMap, Method};
use estore_contract::{
    Email, Page, Sensitive, SessionId,
    user::{
        ChangeEmailRequest, ChangePasswordRequest, CloseAccountRequest, MailSent, Profile, ProfilePatch,
        Session,
    },
};

use crate::api::{ApiError, Streamed, User};

/// The time in which an export must begin. The User Service reads all that others hold first, for
/// which it has 10 s each. A page here has 30 s.
const EXPORT_WITHIN: Duration = Duration::from_secs(28);

impl User<'_> {
    pub(crate) async fn change_profile(&self, patch: &ProfilePatch) -> Result<Profile, ApiError> {
        self.call.send(Method::PATCH, "/me", patch).await
    }

    /// Lists the sessions, newest first. A person has few. A program may have more than are listed.
    pub(crate) async fn sessions(&self) -> Result<Vec<Session>, ApiError> {
        let page: Page<Session> = self.call.get("/me/sessions?limit=100").await?;
        Ok(page.items)
    }

    pub(crate) async fn end_session(&self, id: SessionId) -> Result<(), ApiError> {
        self.call.ask(Method::DELETE, &format!("/me/sessions/{id}")).await
    }

    pub(crate) async fn change_email(
        &self,
        password: Sensitive,
        new_email: Email,
    ) -> Result<MailSent, ApiError> {
        self.call.send(Method::PUT, "/me/email", &ChangeEmailRequest { password, new_email }).await
    }

    pub(crate) async fn change_password(
        &self,
        current_password: Sensitive,
        new_password: Sensitive,
    ) -> Result<(), ApiError> {
        let body = ChangePasswordRequest { current_password, new_password };
        self.call.send(Method::PUT, "/me/password", &body).await
    }

    /// Begins to read everything that the shop holds on the caller, as JSON. A customer may have
    /// years of orders, so it can be long.
    pub(crate) async fn export(&self) -> Result<Streamed, ApiError> {
        self.call.stream_within(EXPORT_WITHIN, "/me/export", HeaderMap::new()).await
    }

    /// Closes the account for good.
    pub(crate) async fn close(&self, password: Sensitive) -> Result<(), ApiError> {
        self.call.send(Method::DELETE, "/me", &CloseAccountRequest { password }).await
    }
}
