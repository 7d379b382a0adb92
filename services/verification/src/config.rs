//! The service's own settings: the mail server.

use axum::http::Uri;
use estore_kit::config::{ConfigError, Env};
use lettre::message::Mailbox;
use secrecy::SecretString;

/// Of which the names of rate limits are made: what else of this service is secret belongs to a certificate or a mail server, and is
/// renewed while replicas are at work.
pub(crate) fn limits_secret(env: &Env) -> Result<SecretString, ConfigError> {
    match env.optional_secret("DATABASE_PASSWORD")? {
        Some(password) => Ok(password),
        None => env.secret("DATABASE_URL", "postgresql://user:password@localhost/verificationdb"),
    }
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SmtpTls {
    /// Plain at first, then upgraded, or not used at all.
    StartTls,
    /// From the first byte.
    Tls,
    /// Not at all: for a mailbox on the same machine.
    None,
}

/// Where mails go, and from whom.
pub(crate) struct SmtpConfig {
    pub(crate) server: String,
    pub(crate) port: u16,
    pub(crate) tls: SmtpTls,
    pub(crate) login: Option<(String, SecretString)>,
    pub(crate) from: Mailbox,
}

impl SmtpConfig {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let tls: String = env.or("SMTP_TLS", "starttls".to_owned(), "starttls")?;
        let tls = match tls.as_str() {
            "starttls" => SmtpTls::StartTls,
            "tls" => SmtpTls::Tls,
            "none" => SmtpTls::None,
            _ => return Err(ConfigError::new("SMTP_TLS", "must be starttls, tls or none", "starttls")),
        };
        let login =
            match (env.optional::<String>("SMTP_USERNAME", "shop")?, env.optional_secret("SMTP_PASSWORD")?) {
                (Some(user), Some(password)) => Some((user, password)),
                (None, None) => None,
                _ => return Err(ConfigError::new("SMTP_USERNAME", "and SMTP_PASSWORD go together", "shop")),
            };
        Ok(Self {
            server: env.required("SMTP_SERVER", "smtp.gmail.com")?,
            port: env.or("SMTP_PORT", 587, "587")?,
            tls,
            login,
            from: env.required("MAIL_FROM", "E-Store <no-reply@shop.example>")?,
        })
    }
}

/// Where a form with a new password is sent: the User Service, as customers see it.
pub(crate) fn reset_url(env: &Env) -> Result<String, ConfigError> {
    const EXAMPLE: &str = "https://account.shop.example";
    let url: String = env.or("ACCOUNT_URL", "http://localhost:8002".to_owned(), EXAMPLE)?;
    let whole = format!("{}/password/reset", url.trim_end_matches('/'));
    // It stands in the page's policy, where some characters have a meaning.
    let plain = whole.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.query().is_none()
            && uri.authority().is_some()
    });
    if !plain || whole.contains([';', ',', '\'', '"']) {
        return Err(ConfigError::new("ACCOUNT_URL", "must be an http:// or https:// address", EXAMPLE));
    }
    Ok(whole)
}
