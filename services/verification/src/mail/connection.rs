//! A connection to the mail server (RFC 5321). It knows at which step an attempt failed, because
//! only some answers concern the email itself.

use std::{fmt::Display, time::Duration};

use lettre::{
    Message,
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Noop, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::{Response, Severity},
    },
};
use tokio::time::timeout;

use super::failure::{Failure, clean, is_unreadable};

/// The time that the server may take for a command that no email waits for.
const SHORT: Duration = Duration::from_secs(2);
/// The time to connect to one address of the server. An address that drops packets leaves time for
/// the others.
const CONNECT: Duration = Duration::from_secs(2);

/// The step of an attempt to send an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The email is not ready: its address or its text is missing.
    Prepare,
    /// Connecting, up to the end of the TLS handshake.
    Connect,
    /// Logging in.
    Login,
    /// Naming the sender.
    Sender,
    /// Naming the recipient.
    Recipient,
    /// Announcing the content.
    Data,
    /// Sending the content.
    Content,
    /// Reading the answer to the content, which is no SMTP answer. The email may be accepted.
    Answer,
}

/// The mail server.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    /// TLS from the first byte.
    pub(super) wrapper: Option<TlsParameters>,
    /// TLS after a plain beginning.
    pub(super) upgrade: Option<TlsParameters>,
    pub(super) login: Option<Credentials>,
    pub(super) hello: ClientId,
}

impl Server {
    /// Connects and logs in. `step` is the step that it has come to.
    pub(super) async fn connect(&self, step: &mut Step) -> Result<Connection, Failure> {
        let address = (self.host.as_str(), self.port);
        let wrapper = self.wrapper.clone();
        let mut stream =
            AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT), &self.hello, wrapper, None).await?;
        if let Some(parameters) = &self.upgrade {
            stream.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(login) = &self.login {
            *step = Step::Login;
            stream.auth(DEFAULT_MECHANISMS, login).await?;
        }
        Ok(Connection(stream))
    }
}

/// A connection on which no answer is due. If it is dropped during an exchange, it closes, and no
/// later email gets the answer that was due.
pub(super) struct Connection(AsyncSmtpConnection);

impl Connection {
    /// Reports whether the server still answers.
    pub(super) async fn works(&mut self) -> bool {
        timeout(SHORT, self.say(Noop)).await.is_ok_and(|answer| answer.is_ok())
    }

    /// Says goodbye, which nobody waits for.
    pub(super) fn leave(mut self) {
        tokio::spawn(async move { timeout(SHORT, self.0.abort()).await });
    }

    /// Sends an email, and returns the server's answer. `step` is the step that it has come to.
    pub(super) async fn deliver(&mut self, message: &Message, step: &mut Step) -> Result<String, Failure> {
        let (envelope, content) = (message.envelope(), message.formatted());
        let addresses = envelope.from().into_iter().chain(envelope.to());
        // Such an email waits for a server that can take it, and holds up no other.
        *step = Step::Recipient;
        let mut parameters = Vec::new();
        if !addresses.map(AsRef::<str>::as_ref).all(str::is_ascii) {
            self.needs(Extension::SmtpUtfEight)?;
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !content.is_ascii() {
            self.needs(Extension::EightBitMime)?;
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        *step = Step::Sender;
        self.say(Mail::new(envelope.from().cloned(), parameters)).await?;
        *step = Step::Recipient;
        for recipient in envelope.to() {
            self.say(Rcpt::new(recipient.clone(), Vec::new())).await?;
        }
        *step = Step::Data;
        let answer = self.0.command(Data).await?;
        if !answer.has_code(354) {
            return Err(unexpected(&answer));
        }
        *step = Step::Content;
        let answered = self.0.message(&content).await;
        if answered.as_ref().is_err_and(is_unreadable) {
            *step = Step::Answer;
        }
        let answer = completed(answered?)?;
        Ok(clean(&answer.message().collect::<Vec<_>>().join(" ")))
    }

    fn needs(&self, extension: Extension) -> Result<(), Failure> {
        if self.0.server_info().supports_feature(extension) {
            return Ok(());
        }
        Err(Failure::unanswered(format!("the mail server does not support {extension}")))
    }

    async fn say(&mut self, command: impl Display) -> Result<Response, Failure> {
        completed(self.0.command(command).await?)
    }
}

/// Rejects an answer that asks for more (3xx), which lettre takes for a success.
fn completed(answer: Response) -> Result<Response, Failure> {
    match answer.code().severity {
        Severity::PositiveCompletion => Ok(answer),
        _ => Err(unexpected(&answer)),
    }
}

fn unexpected(answer: &Response) -> Failure {
    let text = format!("unexpected answer ({})", answer.code());
    Failure { code: Some(answer.code().into()), status: None, text }
}
