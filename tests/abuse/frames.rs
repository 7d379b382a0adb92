//! Raw HTTP/2 frames (RFC 9113), as no client would send them.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use super::wire;

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

pub(super) const ENHANCE_YOUR_CALM: u32 = 11;
pub(super) const REFUSED_STREAM: u32 = 7;
pub(super) const PROTOCOL_ERROR: u32 = 1;

#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// Returns the error code with which a stream or the connection ended.
    pub(super) fn reason(&self) -> Option<u32> {
        let at = match self.kind {
            RST_STREAM => 0,
            GOAWAY => 4,
            _ => return None,
        };
        Some(u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap()))
    }
}

pub(super) struct Frames(TcpStream);

impl Frames {
    /// Opens a connection and sends the preface.
    pub(super) fn connect(port: u16) -> Self {
        let mut stream = wire::connect(port);
        stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(25))).unwrap();
        let mut frames = Self(stream);
        frames.send(SETTINGS, 0, 0, &[]);
        frames
    }

    /// Sends a frame. Returns `false` if the other side has ended the connection.
    pub(super) fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> bool {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = vec![length[1], length[2], length[3], kind, flags];
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.0.write_all(&frame).is_ok()
    }

    pub(super) fn headers(&mut self, stream: u32, flags: u8, fields: &[(&str, &str)]) -> bool {
        self.send(HEADERS, flags, stream, &block(fields))
    }

    /// Reads frames until one is `wanted` or the connection ends, and sends the answers that they
    /// require.
    pub(super) fn until(&mut self, wanted: impl Fn(&Frame) -> bool) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next() {
            match frame.kind {
                SETTINGS if frame.flags == 0 => drop(self.send(SETTINGS, 1, 0, &[])),
                PING if frame.flags == 0 => drop(self.send(PING, 1, 0, &frame.payload)),
                _ => {}
            }
            let last = wanted(&frame);
            frames.push(frame);
            if last {
                break;
            }
        }
        frames
    }

    /// Reads the next frame. Returns `None` if the connection has ended.
    fn next(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).ok()?;
        let mut payload =
            vec![0; usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2])];
        self.0.read_exact(&mut payload).ok()?;
        let stream = u32::from_be_bytes(head[5..].try_into().unwrap());
        Some(Frame { kind: head[3], flags: head[4], stream, payload })
    }
}

/// Returns the fields of a `GET`.
pub(super) fn get(path: &str) -> [(&str, &str); 4] {
    [(":method", "GET"), (":scheme", "http"), (":path", path), (":authority", "x")]
}

/// Encodes fields as literals without indexing (RFC 7541, section 6.2.2).
pub(super) fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            integer(&mut block, 0, 7, text.len());
            block.extend(text.as_bytes());
        }
    }
    block
}

/// Encodes an integer with a prefix of `bits` bits (RFC 7541, section 5.1).
fn integer(block: &mut Vec<u8>, first: u8, bits: u32, value: usize) {
    let most = (1_usize << bits) - 1;
    if value < most {
        return block.push(first | u8::try_from(value).unwrap());
    }
    block.push(first | u8::try_from(most).unwrap());
    let mut rest = value - most;
    while rest >= 128 {
        block.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    block.push(u8::try_from(rest).unwrap());
}
