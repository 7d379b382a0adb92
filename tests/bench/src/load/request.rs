//! Requests as both generators send them.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// The placeholder in a header for a unique Idempotency-Key: 32 characters, so that the length
/// stays.
pub(crate) const KEY: &str = "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@";
/// The placeholder in a path for the id of an object that an earlier request created.
pub(crate) const MADE: &str = "{made}";

/// An HTTP/1.1 request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Requests to one service, sent in turn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// The port of the service on 127.0.0.1.
    pub(crate) port: u16,
    /// Connections of the closed loop.
    pub(crate) connections: u16,
    /// The one status that counts as success.
    pub(crate) expected: u16,
    pub(crate) requests: Vec<Request>,
    /// A request that deletes the created object again. It is sent after each success, with the
    /// answered id in place of [`MADE`].
    pub(crate) undo: Option<Request>,
}

impl Request {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: "GET".to_owned(), path: path.into(), headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self { method: "DELETE".to_owned(), ..Self::get(path) }
    }

    pub(crate) fn post(path: impl Into<String>, body: &serde_json::Value) -> Self {
        let request = Self { method: "POST".to_owned(), body: body.to_string(), ..Self::get(path) };
        request.with("Content-Type", "application/json")
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a caller's token.
    pub(crate) fn bearing(self, token: &str) -> Self {
        self.with("Authorization", format!("Bearer {token}"))
    }

    /// Returns the bytes on the wire.
    fn raw(&self, port: u16) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            // Writing to a string never fails.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !self.body.is_empty() {
            let _ = write!(head, "Content-Length: {}\r\n", self.body.len());
        }
        head + "\r\n" + &self.body
    }
}

impl Plan {
    /// Returns the plan in the form that `requests.lua` reads. The expected status and 1 or 0 for
    /// an undo come first. Each request follows as `<length>\n<bytes>`, the undo first.
    pub(crate) fn raw(&self) -> String {
        let mut text = format!("{} {}\n", self.expected, u8::from(self.undo.is_some()));
        for request in self.undo.iter().chain(&self.requests) {
            let raw = request.raw(self.port);
            let _ = write!(text, "{}\n{raw}", raw.len());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plan_is_written_with_lengths() {
        let request = Request::post("/orders", &json!({"a": 1})).with("Idempotency-Key", KEY);
        let undo = Some(Request::delete(format!("/orders/{MADE}")));
        let plan = Plan { port: 7, connections: 1, expected: 201, requests: vec![request], undo };
        let raw = plan.raw();
        let (head, rest) = raw.split_once('\n').unwrap();
        assert_eq!(head, "201 1");
        let (length, rest) = rest.split_once('\n').unwrap();
        let (undo, rest) = rest.split_at(length.parse().unwrap());
        assert_eq!(undo, "DELETE /orders/{made} HTTP/1.1\r\nHost: 127.0.0.1:7\r\n\r\n");
        let (length, request) = rest.split_once('\n').unwrap();
        assert_eq!(length.parse(), Ok(request.len()));
        assert!(request.ends_with("Content-Length: 7\r\n\r\n{\"a\":1}"), "{request}");
    }
}
