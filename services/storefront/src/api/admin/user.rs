//! Accounts, as an admin sees them.

use axum::http::Method;
use estore_contract::{
    Email, Page, UserId,
    introspection::Role,
    user::{Profile, UserPatch, UserStatus},
};
use serde::Serialize;

use super::query;
use crate::api::{ApiError, User};

/// The parameters of the list of accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct AccountQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<Email>,
    /// A part of the name or of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<UserStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
}

impl User<'_> {
    pub(crate) async fn accounts(&self, of: &AccountQuery) -> Result<Page<Profile>, ApiError> {
        self.call.get(&format!("/users?{}", query(of))).await
    }

    pub(crate) async fn account(&self, id: UserId) -> Result<Profile, ApiError> {
        self.call.get(&format!("/users/{id}")).await
    }

    pub(crate) async fn patch_account(&self, id: UserId, patch: &UserPatch) -> Result<Profile, ApiError> {
        self.call.send(Method::PATCH, &format!("/users/{id}"), patch).await
    }
}
