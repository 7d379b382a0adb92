//! An SMTP server (RFC 5321), reduced to what a server that keeps everything needs.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_buf, sink},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{FaultKind, store::Store};

const LONGEST_LINE: usize = 8 * 1024;
const LARGEST: usize = 10 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) async fn serve(listener: TcpListener, store: Arc<Store>) {
    while let Ok((stream, _)) = listener.accept().await {
        let store = store.clone();
        tokio::spawn(async move {
            // A client may break off or be silent for a minute; the mailbox ignores it.
            let _ended = Session { stream: BufReader::new(stream), store }.run().await;
        });
    }
}

struct Session {
    stream: BufReader<TcpStream>,
    store: Arc<Store>,
}

impl Session {
    async fn run(mut self) -> io::Result<()> {
        if self.store.is_down() {
            return Ok(());
        }
        if self.store.hangs_at_greeting() {
            return self.hang().await;
        }
        self.say("220 mailbox ESMTP").await?;
        let mut to = Vec::new();
        loop {
            let line = self.line().await?;
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    self.say("250-mailbox\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 10485760").await?;
                }
                "HELO" | "NOOP" => self.say("250 OK").await?,
                "RSET" | "MAIL" => {
                    to.clear();
                    self.say("250 OK").await?;
                }
                "RCPT" => {
                    to.extend(
                        line.split_once('<')
                            .and_then(|(_, rest)| rest.split_once('>'))
                            .map(|(address, _)| address.to_owned()),
                    );
                    self.say("250 OK").await?;
                }
                "DATA" if to.is_empty() => self.say("503 RCPT first").await?,
                "DATA" => {
                    if !self.data(std::mem::take(&mut to)).await? {
                        return Ok(());
                    }
                }
                "QUIT" => return self.say("221 Bye").await,
                "" => return Ok(()),
                _ => self.say("502 Not implemented").await?,
            }
        }
    }

    /// Receives an email; returns `false` if the connection must break.
    async fn data(&mut self, to: Vec<String>) -> io::Result<bool> {
        self.say("354 Go on").await?;
        let mut mail = Vec::new();
        loop {
            let line = self.line().await?;
            if line == b".\r\n" || line == b".\n" {
                break;
            }
            // The client doubled a dot at the beginning of a line (section 4.5.2).
            mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            if line.is_empty() || mail.len() > LARGEST {
                return Ok(false);
            }
        }
        match self.store.fault_of_mail() {
            Some(FaultKind::RejectForNow) => self.say("451 Not now").await?,
            // Many servers name the recipient.
            Some(FaultKind::RejectForGood) => self.say(&format!("550 Never: {}", to.join(" "))).await?,
            Some(FaultKind::Hang | FaultKind::GreetingHang) => {
                self.hang().await?;
                return Ok(false);
            }
            // The connection was open before the server went down.
            Some(FaultKind::Down) => return Ok(false),
            Some(FaultKind::DropAfterData) => {
                self.store.add(to, &mail);
                return Ok(false);
            }
            Some(FaultKind::LateAnswer) => {
                self.store.add(to, &mail);
                self.store.ended(FaultKind::LateAnswer).await;
                self.say("250 OK, kept").await?;
            }
            Some(FaultKind::BareAnswer) => {
                self.store.add(to, &mail);
                self.say("250").await?;
            }
            None => {
                self.store.add(to, &mail);
                self.say("250 OK, kept").await?;
            }
        }
        Ok(true)
    }

    /// Sends nothing any more, until the client disconnects.
    async fn hang(&mut self) -> io::Result<()> {
        copy_buf(&mut self.stream, &mut sink()).await.map(drop)
    }

    async fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        timeout(PATIENCE, self.stream.read_until(b'\n', &mut line)).await??;
        if line.len() > LONGEST_LINE { Err(io::Error::other("a line is too long")) } else { Ok(line) }
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;
    use crate::Mailbox;

    /// Sends `said` at once and nothing more, and returns the answers of the server.
    async fn heard(mailbox: &Mailbox, said: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", mailbox.smtp_port)).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        heard
    }

    #[tokio::test]
    async fn mailbox_fault_lasts_until_it_is_cleared() {
        let mailbox = Mailbox::start(0, 0, 10).await.unwrap();
        let mail =
            "MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nSubject: Hi\r\n\r\nYou\r\n.\r\n";
        mailbox.set(Some(FaultKind::RejectForNow));
        for _ in 0..2 {
            assert!(heard(&mailbox, mail).await.ends_with("451 Not now\r\n"));
        }
        mailbox.set(Some(FaultKind::GreetingHang));
        assert_eq!(heard(&mailbox, mail).await, "");
        mailbox.set(Some(FaultKind::Down));
        let mut refused = TcpStream::connect(("127.0.0.1", mailbox.smtp_port)).await.unwrap();
        assert_eq!(refused.read(&mut [0; 64]).await.unwrap(), 0);
        mailbox.set(Some(FaultKind::Hang));
        assert!(heard(&mailbox, mail).await.ends_with("354 Go on\r\n"));
        assert!(mailbox.messages().is_empty());
        mailbox.set(None);
        assert!(heard(&mailbox, mail).await.ends_with("250 OK, kept\r\n"));
        assert_eq!(mailbox.messages().len(), 1);
    }
}
