//! Sending by SMTP (RFC 5321).

use std::time::Duration;

use estore_kit::config::ConfigError;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use crate::config::{SmtpConfig, SmtpTls};

/// How long the server may take for a mail.
const PATIENCE: Duration = Duration::from_secs(10);

/// The mail server.
pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

/// What the server said to a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has it.
    Sent(String),
    /// Not now, or nobody knows: again later, with the same Message-ID.
    Later(String),
    /// Never.
    Bounced(String),
}

impl Smtp {
    pub(crate) fn new(config: &SmtpConfig) -> Result<Self, ConfigError> {
        let wrong = |error: lettre::transport::smtp::Error| {
            ConfigError::new("SMTP_SERVER", format!("is wrong ({error})"), "smtp.gmail.com")
        };
        let parameters = || TlsParameters::new(config.server.clone()).map_err(wrong);
        let tls = match config.tls {
            SmtpTls::StartTls => Tls::Required(parameters()?),
            SmtpTls::Tls => Tls::Wrapper(parameters()?),
            SmtpTls::None => Tls::None,
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.server)
            .port(config.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &config.login {
            server = server.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self(server.build()))
    }

    /// Sends a mail.
    pub async fn send(&self, message: Message) -> Outcome {
        match timeout(PATIENCE, self.0.send(message)).await {
            Ok(Ok(answer)) => Outcome::Sent(answer.message().collect::<Vec<_>>().join(" ")),
            Ok(Err(error)) if error.is_permanent() => Outcome::Bounced(error.to_string()),
            Ok(Err(error)) => Outcome::Later(error.to_string()),
            Err(_elapsed) => Outcome::Later("no answer in time".to_owned()),
        }
    }
}
