//! Raw bytes on a connection, as no client would send them.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

/// The received text, and the way in which the connection ended.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) text: String,
    /// True if the other side ended the connection.
    pub(super) ended: bool,
}

impl Heard {
    /// Returns the status of each answer.
    pub(super) fn statuses(&self) -> Vec<u16> {
        let starts = self.text.match_indices("HTTP/1.");
        starts.filter_map(|(at, _)| self.text.get(at + 9..at + 12)?.parse().ok()).collect()
    }
}

pub(super) fn connect(port: u16) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port)).unwrap()
}

/// Sends `bytes`, and reads until the other side ends the connection or sends nothing for `wait`.
pub(super) fn say(port: u16, bytes: &[u8], wait: Duration) -> Heard {
    let mut stream = connect(port);
    // The other side may end the connection before it has taken everything. The read shows that.
    let _ended_early = stream.write_all(bytes);
    hear(&mut stream, wait)
}

pub(super) fn hear(stream: &mut TcpStream, wait: Duration) -> Heard {
    stream.set_read_timeout(Some(wait)).unwrap();
    let (mut text, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    let ended = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break true,
            Ok(count) => text.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break false,
            Err(_reset) => break true,
        }
    };
    Heard { text: String::from_utf8_lossy(&text).into_owned(), ended }
}

/// Sends `bytes`, then `drop` once per `pace`, until the other side ends the connection. Returns
/// `None` if it has not done so within `limit`.
pub(super) fn drip(port: u16, bytes: &[u8], drop: u8, pace: Duration, limit: Duration) -> Option<String> {
    let mut stream = connect(port);
    stream.write_all(bytes).unwrap();
    let began = Instant::now();
    let mut text = String::new();
    while began.elapsed() < limit {
        let heard = hear(&mut stream, pace);
        text += &heard.text;
        if heard.ended || stream.write_all(&[drop]).is_err() {
            return Some(text);
        }
    }
    None
}
