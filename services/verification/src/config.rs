//! The service's own settings: the mail server.

use axum::http::Uri;
use estore_base::config::{ConfigError, Env, Setting, Settings};
use estore_client::USER_SERVICE_URL;
use estore_server::SHOP_NAME;
use estore_stores::pg;
use lettre::message::Mailbox;
use secrecy::SecretString;

use crate::domain::Links;

pub(crate) const SMTP_SERVER: Setting =
    Setting::text("SMTP_SERVER", "Host of the mail server.").example("smtp.gmail.com");
const SMTP_PORT: Setting = Setting::number("SMTP_PORT", "Port of the mail server.").default("587");
const SMTP_TLS: Setting = Setting::choice(
    "SMTP_TLS",
    &["starttls", "tls", "none"],
    "TLS to the mail server: after a plain beginning, from the first byte, or not at all.",
)
.default("starttls");
const SMTP_USERNAME: Setting =
    Setting::text("SMTP_USERNAME", "User at the mail server.").optional().example("shop");
const SMTP_PASSWORD: Setting = Setting::secret("SMTP_PASSWORD", "Password of that user.").optional();
const MAIL_FROM: Setting =
    Setting::text("MAIL_FROM", "Sender of emails.").example("E-Store <no-reply@shop.example>");
const PUBLIC_URL: Setting = Setting::address(
    "PUBLIC_URL",
    "Address that links in emails lead to if there is no `SHOP_URL`: this service, as customers see it.",
)
.default("http://localhost:8003")
.example("https://verify.shop.example");
const SHOP_URL: Setting = Setting::address(
    "SHOP_URL",
    "Address of the storefront as customers see it; links in emails lead to its pages.",
)
.optional()
.example("https://shop.example");
const ACCOUNT_URL: Setting = Setting::address(
    "ACCOUNT_URL",
    "Address of the User Service as customers see it; the page for a new password sends its form there.",
)
.default("http://localhost:8002")
.example("https://account.shop.example");

/// The settings of this service beyond those that every service has.
pub const SETTINGS: Settings = Settings {
    title: "Verification",
    lists: &[
        &[USER_SERVICE_URL],
        pg::SETTINGS,
        &[
            SMTP_SERVER,
            SMTP_PORT,
            SMTP_TLS,
            SMTP_USERNAME,
            SMTP_PASSWORD,
            MAIL_FROM,
            PUBLIC_URL,
            SHOP_URL,
            ACCOUNT_URL,
            SHOP_NAME,
        ],
    ],
};

/// Returns the secret that the names of rate limits are derived from. It is the database's login.
/// The other secrets of this service belong to a certificate or a mail server, and change while
/// replicas run.
pub(crate) fn limits_secret(env: &Env) -> Result<SecretString, ConfigError> {
    match env.optional_secret(&pg::DATABASE_PASSWORD)? {
        Some(password) => Ok(password),
        None => env.secret(&pg::DATABASE_URL),
    }
}

/// The protection of the connection to the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SmtpTls {
    /// Plain at first, then upgraded to TLS. Without the upgrade the connection is not used.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// No TLS: for a mailbox on the same machine.
    None,
}

/// The mail server and the sender of emails.
pub(crate) struct SmtpConfig {
    pub(crate) server: String,
    pub(crate) port: u16,
    pub(crate) tls: SmtpTls,
    pub(crate) login: Option<(String, SecretString)>,
    pub(crate) from: Mailbox,
}

impl SmtpConfig {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let tls: String = env.get(&SMTP_TLS)?;
        let tls = match tls.as_str() {
            "tls" => SmtpTls::Tls,
            "none" => SmtpTls::None,
            _ => SmtpTls::StartTls,
        };
        let login = match (env.optional::<String>(&SMTP_USERNAME)?, env.optional_secret(&SMTP_PASSWORD)?) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            _ => return Err(SMTP_USERNAME.wrong("and SMTP_PASSWORD must be set together")),
        };
        Ok(Self {
            server: env.get(&SMTP_SERVER)?,
            port: env.get(&SMTP_PORT)?,
            tls,
            login,
            from: env.get(&MAIL_FROM)?,
        })
    }
}

/// Reads the pages that links in emails lead to.
pub(crate) fn links(env: &Env) -> Result<Links, ConfigError> {
    let Some(shop) = env.optional::<String>(&SHOP_URL)? else {
        let own: String = env.get(&PUBLIC_URL)?;
        return Ok(Links::Own(own.trim_end_matches('/').to_owned()));
    };
    if !is_page_base(&shop) {
        return Err(SHOP_URL.wrong("must be an http:// or https:// address without a query"));
    }
    Ok(Links::Storefront(shop.trim_end_matches('/').to_owned()))
}

/// Returns true for an absolute web address to which a path can be appended.
fn is_page_base(url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.query().is_none()
            && uri.authority().is_some()
    }) && !url.contains('#')
}

/// Reads the URL that a form with a new password is sent to: the User Service, as customers see it.
pub(crate) fn reset_url(env: &Env) -> Result<String, ConfigError> {
    let url: String = env.get(&ACCOUNT_URL)?;
    let whole = format!("{}/password/reset", url.trim_end_matches('/'));
    // The URL becomes part of the page's content security policy, in which some characters have a
    // meaning.
    if !is_page_base(&whole) || whole.contains([';', ',', '\'', '"']) {
        return Err(ACCOUNT_URL.wrong("must be an http:// or https:// address"));
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_storefront_if_set() {
        let read = |pairs: &[(&str, &str)]| links(&pairs.iter().copied().collect());
        let own = Links::Own("https://verify.example".to_owned());
        assert_eq!(read(&[("PUBLIC_URL", "https://verify.example/")]), Ok(own));
        let shop = Links::Storefront("https://shop.example".to_owned());
        let both = [("PUBLIC_URL", "https://verify.example"), ("SHOP_URL", "https://shop.example/")];
        assert_eq!(read(&both), Ok(shop));
        for wrong in
            ["shop.example", "ftp://shop.example", "https://shop.example/?a=b", "https://shop.example/#a"]
        {
            let refused = read(&[("SHOP_URL", wrong)]).unwrap_err().to_string();
            assert!(refused.starts_with("SHOP_URL must be"), "{refused}");
        }
    }
}
