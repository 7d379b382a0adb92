//! The client for the mail server: what each refusal means, and late answers.

use std::{sync::Arc, time::Duration};

use estore_base::config::Env;
use estore_verification::{
    mail::{Outcome, Smtp, Step},
    store::outbox,
};
use futures::future::join;
use lettre::Message;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
    time,
};

use crate::store::{MAIL, NOW, Store};

/// A mail server that answers the command `refused` with `answer`, in Latin-1, and accepts all
/// others, if the greeting has the sender's domain. Instead of an empty `answer`, it disconnects.
#[derive(Clone, Default)]
struct Server {
    refused: &'static str,
    answer: &'static str,
    /// If set, the first connection notifies of its email, answers it once it is notified, and
    /// notifies of that.
    slow: Option<Arc<(Notify, Notify)>>,
}

impl Server {
    async fn start(self) -> Smtp {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        tokio::spawn(async move {
            let mut slow = self.slow.clone();
            while let Ok((stream, _)) = listener.accept().await {
                let server = Self { slow: slow.take(), ..self.clone() };
                tokio::spawn(async move { server.session(BufReader::new(stream)).await });
            }
        });
        let settings = [
            ("SMTP_SERVER", "127.0.0.1"),
            ("SMTP_PORT", &port),
            ("SMTP_TLS", "none"),
            ("SMTP_USERNAME", "shop"),
            ("SMTP_PASSWORD", "secret"),
            ("MAIL_FROM", "Shop <shop@example.com>"),
        ];
        Smtp::from_env(&settings.into_iter().collect::<Env>()).unwrap()
    }

    async fn session(self, mut stream: BufReader<TcpStream>) -> Option<()> {
        self.say(&mut stream, "greeting", "220 mail").await?;
        let (mut line, mut is_content) = (String::new(), false);
        loop {
            line.clear();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let verb = line.trim_end().split([' ', ':']).next().unwrap_or_default();
            match verb {
                "." => {
                    is_content = false;
                    if let Some(slow) = &self.slow {
                        slow.0.notify_one();
                        slow.1.notified().await;
                        stream.write_all(b"250 Late\r\n").await.ok()?;
                        slow.0.notify_one();
                    } else {
                        self.say(&mut stream, "content", "250 Kept").await?;
                    }
                }
                _ if is_content => {}
                "EHLO" if line.trim_end() == "EHLO example.com" => {
                    self.say(&mut stream, verb, "250-mail\r\n250 AUTH PLAIN").await?;
                }
                "EHLO" => self.say(&mut stream, verb, "504 5.5.2 Need a fully-qualified hostname").await?,
                "AUTH" => self.say(&mut stream, verb, "235 Welcome").await?,
                "DATA" => {
                    is_content = self.refused != verb;
                    self.say(&mut stream, verb, "354 Go on").await?;
                }
                _ => self.say(&mut stream, verb, "250 OK").await?,
            }
        }
    }

    async fn say(&self, stream: &mut BufReader<TcpStream>, command: &str, answer: &str) -> Option<()> {
        let refuses = command == self.refused && self.slow.is_none();
        let answer = if refuses { self.answer } else { answer };
        if answer.is_empty() {
            return None;
        }
        let bytes: Vec<u8> =
            format!("{answer}\r\n").chars().map(|letter| u8::try_from(letter).unwrap()).collect();
        stream.write_all(&bytes).await.ok()
    }
}

fn mail() -> Message {
    let mail = Message::builder().from("shop@example.com".parse().unwrap());
    mail.to("ada@example.com".parse().unwrap()).body("Hello".to_owned()).unwrap()
}

#[tokio::test]
async fn greeting_has_the_domain_of_the_sender() {
    let smtp = Server::default().start().await;
    assert_eq!(smtp.send(mail()).await, Outcome::Sent("Kept".to_owned()));
}

#[tokio::test]
async fn only_recipient_and_content_make_an_email_bounce() {
    for (refused, answer, step, code) in [
        ("greeting", "554 No service", Step::Connect, 554),
        ("EHLO", "550 No", Step::Connect, 550),
        ("AUTH", "535 Bad login", Step::Login, 535),
        ("MAIL", "550 Sender unknown", Step::Sender, 550),
        ("MAIL", "530 Log in", Step::Sender, 530),
        ("RCPT", "530 Log in", Step::Recipient, 530),
        ("RCPT", "450 Greylisted", Step::Recipient, 450),
        ("RCPT", "554 5.7.1 <ada@example.com>: Relay access denied", Step::Recipient, 554),
        ("RCPT", "553 5.7.1 <shop@example.com>: Sender address rejected", Step::Recipient, 553),
        ("RCPT", "550 5.1.8 <shop@example.com>: Domain not found", Step::Recipient, 550),
        ("RCPT", "504 5.5.2 <shop>: Need a fully-qualified hostname", Step::Recipient, 504),
        ("RCPT", "550-5.4.5 Daily limit exceeded\r\n550 5.4.5 See help", Step::Recipient, 550),
        ("DATA", "554 No", Step::Data, 554),
        ("content", "452 Full", Step::Content, 452),
        ("content", "550 5.4.5 Daily limit exceeded", Step::Content, 550),
        ("content", "554 5.3.0 Out of order", Step::Content, 554),
        ("content", "550 5.7.26 Unauthenticated sender", Step::Content, 550),
    ] {
        let smtp = Server { refused, answer, slow: None }.start().await;
        let Outcome::Later(refusal) = smtp.send(mail()).await else { panic!("{refused}: {answer}") };
        assert_eq!((refusal.step, refusal.code), (step, Some(code)), "{refused}: {answer}");
    }
    for (refused, answer, step, code) in [
        ("RCPT", "550 No such user", Step::Recipient, 550),
        ("RCPT", "550 #5.1.1 No such user", Step::Recipient, 550),
        ("RCPT", "552 5.2.2 Mailbox full", Step::Recipient, 552),
        ("content", "554 Spam", Step::Content, 554),
        ("content", "554 5.7.1 Spam", Step::Content, 554),
        ("content", "552 5.3.4 Too big", Step::Content, 552),
    ] {
        let smtp = Server { refused, answer, slow: None }.start().await;
        let Outcome::Bounced(refusal) = smtp.send(mail()).await else { panic!("{refused}: {answer}") };
        assert_eq!((refusal.step, refusal.code), (step, Some(code)), "{refused}: {answer}");
    }
}

#[tokio::test]
async fn answer_with_control_characters_is_recorded() {
    let store = Store::start("smtp-answer").await;
    let send = async |answer| {
        let smtp = Server { refused: "content", answer, slow: None }.start().await;
        smtp.send(mail()).await
    };
    let Outcome::Bounced(refusal) = send("550 a\0b").await else { panic!("not refused") };
    outbox::refused(&store.pool, MAIL, &refusal.text).await.unwrap();
    let Outcome::Sent(answer) = send("250 a\0b").await else { panic!("not sent") };
    outbox::sent(&store.pool, &[(MAIL, answer)], NOW).await.unwrap();
    assert_eq!(store.mail().await.last_smtp_answer.as_deref(), Some("a\u{fffd}b"));
}

#[tokio::test]
async fn unreadable_answer_is_told_from_none() {
    for (answer, step) in [("250", Step::Answer), ("250 \u{e9}t\u{e9}", Step::Answer), ("", Step::Content)] {
        let smtp = Server { refused: "content", answer, slow: None }.start().await;
        let Outcome::Later(refusal) = smtp.send(mail()).await else { panic!("{answer:?}") };
        assert_eq!((refusal.step, refusal.code), (step, None), "{answer:?}");
    }
}

#[tokio::test]
async fn refused_login_is_not_tried_for_each_email() {
    let smtp = Server { refused: "AUTH", answer: "535 Bad login", slow: None }.start().await;
    let first = smtp.send(mail()).await;
    time::pause();
    assert_eq!(smtp.send(mail()).await, first);
    time::advance(Duration::from_secs(1)).await;
    time::resume();
    assert!(matches!(smtp.send(mail()).await, Outcome::Later(refusal) if refusal.step == Step::Login));
}

#[tokio::test]
async fn late_answer_belongs_to_no_other_email() {
    let slow = Arc::<(Notify, Notify)>::default();
    let server = Server { refused: "content", answer: "452 Full", slow: Some(slow.clone()) };
    let smtp = server.start().await;
    let too_long = async {
        slow.0.notified().await;
        time::pause();
        time::advance(Duration::from_secs(11)).await;
        time::resume();
    };
    let (outcome, ()) = join(smtp.send(mail()), too_long).await;
    assert!(matches!(outcome, Outcome::Later(refusal) if refusal.code.is_none()));
    slow.1.notify_one();
    slow.0.notified().await;
    let outcome = smtp.send(mail()).await;
    assert!(matches!(&outcome, Outcome::Later(refusal) if refusal.code == Some(452)), "{outcome:?}");
}

#[tokio::test]
async fn connection_serves_several_emails() {
    let slow = Arc::<(Notify, Notify)>::default();
    // Only the first connection takes emails.
    let server = Server { refused: "greeting", answer: "554 No service", slow: Some(slow.clone()) };
    let smtp = server.start().await;
    for _ in 0..3 {
        slow.1.notify_one();
        assert_eq!(smtp.send(mail()).await, Outcome::Sent("Late".to_owned()));
    }
}
