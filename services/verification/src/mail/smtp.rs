//! Sending over connections that are kept for a while.

use std::{
    mem,
    net::Ipv4Addr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use estore_base::config::{ConfigError, Env};
use lettre::{
    Message,
    message::Mailbox,
    transport::smtp::{authentication::Credentials, client::TlsParameters, extension::ClientId},
};
use secrecy::ExposeSecret;
use tokio::time::{Instant, sleep, timeout};

use super::{
    connection::{Connection, Server, Step},
    failure::Failure,
};
use crate::config::{SMTP_SERVER, SmtpConfig, SmtpTls};

/// The time that the server may take for an email.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// The time for which an unused connection is kept.
const IDLE: Duration = Duration::from_mins(1);
/// The pause after a failure that concerns every email, such as a refused login.
const PAUSE: Duration = Duration::from_secs(1);

/// A client for the mail server.
pub struct Smtp {
    server: Server,
    /// Connections without a use, each with the time of its last one.
    idle: Mutex<Vec<(Instant, Connection)>>,
    /// The end of the pause, and its reason.
    pause: Mutex<Option<(Instant, Refusal)>>,
}

/// The outcome of an attempt to send an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server accepted the email, with this answer.
    Sent(String),
    /// The server did not accept it now, or the outcome is unknown. It is tried again later, with
    /// the same Message-ID.
    Later(Refusal),
    /// The server rejected the email permanently: its recipient or its content.
    Bounced(Refusal),
}

/// The reason why an email was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The step that failed.
    pub step: Step,
    /// The code of the server's answer, if it answered.
    pub code: Option<u16>,
    /// The server's answer, or the error. It may name the recipient.
    pub text: String,
}

impl Smtp {
    /// Creates a client for the mail server that the settings name.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Self::new(&SmtpConfig::from_env(env)?)
    }

    pub(crate) fn new(config: &SmtpConfig) -> Result<Self, ConfigError> {
        let wrong = |error: lettre::transport::smtp::Error| SMTP_SERVER.wrong(format!("is wrong ({error})"));
        let parameters = || TlsParameters::new(config.server.clone()).map(Some).map_err(wrong);
        let (wrapper, upgrade) = match config.tls {
            SmtpTls::StartTls => (None, parameters()?),
            SmtpTls::Tls => (parameters()?, None),
            SmtpTls::None => (None, None),
        };
        let login = config
            .login
            .as_ref()
            .map(|(user, password)| Credentials::new(user.clone(), password.expose_secret().to_owned()));
        let (host, port, hello) = (config.server.clone(), config.port, hello(&config.from));
        let server = Server { host, port, wrapper, upgrade, login, hello };
        Ok(Self { server, idle: Mutex::default(), pause: Mutex::default() })
    }

    /// Sends an email.
    pub async fn send(&self, message: Message) -> Outcome {
        if let Some(refusal) = self.pausing() {
            return Outcome::Later(refusal);
        }
        let mut step = Step::Connect;
        let failure = match timeout(SEND_TIMEOUT, self.attempt(&message, &mut step)).await {
            Ok(Ok(answer)) => return Outcome::Sent(answer),
            Ok(Err(failure)) => failure,
            Err(_elapsed) => Failure::unanswered("no answer in time".to_owned()),
        };
        let rejected = failure.rejects_the_email(step);
        let Failure { code, text, .. } = failure;
        let refusal = Refusal { step, code, text };
        match step {
            _ if rejected => Outcome::Bounced(refusal),
            Step::Connect | Step::Login | Step::Sender => {
                *lock(&self.pause) = Some((Instant::now() + PAUSE, refusal.clone()));
                Outcome::Later(refusal)
            }
            // No pause: the answer may concern one recipient, and its text may name it.
            _ => Outcome::Later(refusal),
        }
    }

    /// Closes connections that were not used for a while, for as long as it is polled.
    pub async fn close_idle(&self) {
        loop {
            sleep(IDLE / 2).await;
            let mut idle = lock(&self.idle);
            let (used, unused): (Vec<_>, Vec<_>) =
                mem::take(&mut *idle).into_iter().partition(|(since, _)| since.elapsed() < IDLE);
            *idle = used;
            drop(idle);
            for (_, connection) in unused {
                connection.leave();
            }
        }
    }

    async fn attempt(&self, message: &Message, step: &mut Step) -> Result<String, Failure> {
        let mut connection = self.connection(step).await?;
        let sent = connection.deliver(message, step).await;
        match &sent {
            Ok(_) => lock(&self.idle).push((Instant::now(), connection)),
            Err(_) => connection.leave(),
        }
        sent
    }

    async fn connection(&self, step: &mut Step) -> Result<Connection, Failure> {
        loop {
            let kept = lock(&self.idle).pop();
            let Some((_, mut connection)) = kept else { return self.server.connect(step).await };
            if connection.works().await {
                return Ok(connection);
            }
        }
    }

    /// Returns the reason of the pause, while it lasts.
    fn pausing(&self) -> Option<Refusal> {
        let pause = lock(&self.pause);
        pause.as_ref().filter(|(end, _)| Instant::now() < *end).map(|(_, refusal)| refusal.clone())
    }
}

/// Returns the name that greets the server (RFC 5321, section 4.1.4): the sender's domain. Servers
/// may refuse the bare name of a pod. An address greets in brackets. A greeting takes ASCII only.
fn hello(from: &Mailbox) -> ClientId {
    let domain = from.email.domain();
    match domain.parse::<Ipv4Addr>() {
        Ok(address) => ClientId::Ipv4(address),
        Err(_no_address) if domain.is_ascii() => ClientId::Domain(domain.to_owned()),
        Err(_no_address) => ClientId::default(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_of_a_sender_greets_in_brackets() {
        let greeting = |from: &str| hello(&from.parse().unwrap()).to_string();
        let greetings = ["Shop <shop@mail.example.com>", "Shop <shop@127.0.0.1>"].map(greeting);
        assert_eq!(greetings, ["mail.example.com", "[127.0.0.1]"]);
    }
}
