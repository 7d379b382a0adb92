//! Emails and their templates, as an admin sees them.

use axum::http::Method;
use estore_contract::{
    Email, Page,
    verification::{
        Locale, Preview, Purpose, SampleRequest, Template, TemplateBody, TemplateList, Verification as Mail,
        VerificationAccepted, VerificationStatus,
    },
};
use serde::Serialize;

use super::query;
use crate::api::{ApiError, Verification};

/// The parameters of the list of emails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct MailQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<VerificationStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) purpose: Option<Purpose>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
}

impl Verification<'_> {
    pub(crate) async fn mails(&self, of: &MailQuery) -> Result<Page<Mail>, ApiError> {
        self.0.get(&format!("/verifications?{}", query(of))).await
    }

    pub(crate) async fn templates(&self) -> Result<TemplateList, ApiError> {
        self.0.get("/templates").await
    }

    /// Returns a template in each language.
    pub(crate) async fn template(&self, name: Purpose) -> Result<TemplateList, ApiError> {
        self.0.get(&format!("/templates/{}", name.as_str())).await
    }

    pub(crate) async fn preview(&self, name: Purpose, body: &TemplateBody) -> Result<Preview, ApiError> {
        self.0.send(Method::POST, &format!("/templates/{}/preview", name.as_str()), body).await
    }

    pub(crate) async fn put_template(
        &self,
        name: Purpose,
        body: &TemplateBody,
    ) -> Result<Template, ApiError> {
        self.0.send(Method::PUT, &format!("/templates/{}", name.as_str()), body).await
    }

    /// Sends the stored template with sample data to the caller.
    pub(crate) async fn send_sample(
        &self,
        name: Purpose,
        locale: Locale,
    ) -> Result<VerificationAccepted, ApiError> {
        let body = SampleRequest { locale: Some(locale), version: None };
        self.0.send(Method::POST, &format!("/templates/{}/test", name.as_str()), &body).await
    }
}
