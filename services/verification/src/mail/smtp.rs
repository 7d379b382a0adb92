//! Sending by SMTP (RFC 5321).

use std::time::Duration;

use estore_base::config::ConfigError;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use crate::config::{SMTP_SERVER, SmtpConfig, SmtpTls};

/// The time that the server may take for an email.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// A client for the mail server.
pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

/// The mail server's answer to an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server accepted the email.
    Sent(String),
    /// The server did not accept it now, or the outcome is unknown. It is tried again later, with
    /// the same Message-ID.
    Later(String),
    /// The server rejected the email permanently.
    Bounced(String),
}

impl Smtp {
    pub(crate) fn new(config: &SmtpConfig) -> Result<Self, ConfigError> {
        let wrong = |error: lettre::transport::smtp::Error| SMTP_SERVER.wrong(format!("is wrong ({error})"));
        let parameters = || TlsParameters::new(config.server.clone()).map_err(wrong);
        let tls = match config.tls {
            SmtpTls::StartTls => Tls::Required(parameters()?),
            SmtpTls::Tls => Tls::Wrapper(parameters()?),
            SmtpTls::None => Tls::None,
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.server)
            .port(config.port)
            .tls(tls)
            .timeout(Some(SEND_TIMEOUT));
        if let Some((user, password)) = &config.login {
            server = server.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self(server.build()))
    }

    /// Sends an email.
    pub async fn send(&self, message: Message) -> Outcome {
        match timeout(SEND_TIMEOUT, self.0.send(message)).await {
            Ok(Ok(answer)) => Outcome::Sent(answer.message().collect::<Vec<_>>().join(" ")),
            Ok(Err(error)) if error.is_permanent() => Outcome::Bounced(error.to_string()),
            Ok(Err(error)) => Outcome::Later(error.to_string()),
            Err(_elapsed) => Outcome::Later("no answer in time".to_owned()),
        }
    }
}
