//! Handles requests: checks the caller, applies the next fault, and remembers answers by key.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    KEY,
    books::{Books, refused},
    faults::{Fault, Operation},
};

/// The version that the client must name.
const VERSION: &str = "2026-08-26.dahlia";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) is_post: bool,
    pub(super) path: Vec<String>,
    /// The form, or the query.
    pub(super) pairs: Vec<(String, String)>,
    pub(super) key: Option<String>,
    pub(super) authorization: String,
    pub(super) version: String,
}

impl Request {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn expands(&self, what: &str) -> bool {
        self.pairs.iter().any(|(name, value)| name == "expand[]" && value == what)
    }
}

/// A status and a body.
pub(super) type Answer = (u16, Value);

/// The response that goes back.
pub(super) enum Outcome {
    Answer { answer: Answer, replayed: bool },
    Page(u16),
    CutOff(Answer),
    Never,
    Closed,
}

/// The record of a key.
pub(super) enum Kept {
    UnderWay,
    Answered(Request, Answer),
}

#[derive(Default)]
pub(super) struct Desk {
    pub(super) books: Books,
    pub(super) keys: HashMap<String, Kept>,
    pub(super) faults: Vec<(Operation, Fault)>,
    pub(super) asked: Vec<Operation>,
    late: Vec<(Operation, Request)>,
}

impl Desk {
    pub(super) fn serve(&mut self, request: &Request) -> Outcome {
        let plain = |answer| Outcome::Answer { answer, replayed: false };
        if request.authorization != format!("Bearer {KEY}") {
            let message = format!("Invalid API Key provided: {}", request.authorization);
            return plain((401, json!({"error": {"type": "invalid_request_error", "message": message}})));
        }
        let Some(operation) = Operation::of(request) else {
            return plain(refused(404, "invalid_request_error", None));
        };
        if request.version != VERSION || request.is_post != request.key.is_some() {
            return plain(refused(400, "invalid_request_error", Some("wrong_headers")));
        }
        self.asked.push(operation);
        let at = self.faults.iter().position(|(broken, _)| *broken == operation);
        match at.map(|at| self.faults.remove(at).1) {
            None => self.answer(operation, request),
            Some(fault) => self.fail(fault, operation, request),
        }
    }

    fn fail(&mut self, fault: Fault, operation: Operation, request: &Request) -> Outcome {
        let plain = |answer| Outcome::Answer { answer, replayed: false };
        if matches!(
            fault,
            Fault::Hangs { done: true } | Fault::Closes { done: true } | Fault::Breaks { done: true }
        ) {
            self.answer(operation, request);
        }
        match fault {
            Fault::Hangs { .. } => Outcome::Never,
            Fault::Late => {
                if let Some(key) = &request.key {
                    self.keys.insert(key.clone(), Kept::UnderWay);
                    self.late.push((operation, request.clone()));
                }
                Outcome::Never
            }
            Fault::Closes { .. } => Outcome::Closed,
            Fault::CutOff => match self.answer(operation, request) {
                Outcome::Answer { answer, .. } => Outcome::CutOff(answer),
                other => other,
            },
            Fault::Breaks { .. } => {
                let answer = refused(500, "api_error", None);
                if let Some(key) = &request.key {
                    self.keys.insert(key.clone(), Kept::Answered(request.clone(), answer.clone()));
                }
                plain(answer)
            }
            Fault::Refuses(code) => {
                let answer = refused(400, "invalid_request_error", Some(code));
                if let Some(key) = &request.key {
                    self.keys.insert(key.clone(), Kept::Answered(request.clone(), answer.clone()));
                }
                plain(answer)
            }
            Fault::BadGateway => Outcome::Page(502),
            Fault::Garbled => Outcome::Page(200),
            Fault::InUse => plain(refused(409, "idempotency_error", Some("idempotency_key_in_use"))),
            Fault::Locked => plain(refused(429, "invalid_request_error", Some("lock_timeout"))),
            Fault::TooMany => plain(refused(429, "invalid_request_error", Some("rate_limit"))),
            Fault::AfterLate => {
                self.finish_late();
                self.answer(operation, request)
            }
        }
    }

    /// Answers once for each key. Another request with the key gets the same answer, even if the
    /// state has changed since.
    fn answer(&mut self, operation: Operation, request: &Request) -> Outcome {
        let plain = |answer| Outcome::Answer { answer, replayed: false };
        let Some(key) = &request.key else {
            return plain(self.books.perform(operation, request));
        };
        match self.keys.get(key) {
            Some(Kept::UnderWay) => plain(refused(409, "idempotency_error", Some("idempotency_key_in_use"))),
            Some(Kept::Answered(first, _)) if first != request => {
                plain(refused(400, "idempotency_error", None))
            }
            Some(Kept::Answered(_, answer)) => Outcome::Answer { answer: answer.clone(), replayed: true },
            None => {
                let answer = self.books.perform(operation, request);
                self.keys.insert(key.clone(), Kept::Answered(request.clone(), answer.clone()));
                plain(answer)
            }
        }
    }

    pub(super) fn finish_late(&mut self) {
        for (operation, request) in std::mem::take(&mut self.late) {
            if let Some(key) = &request.key {
                self.keys.remove(key);
            }
            self.answer(operation, &request);
        }
    }
}
