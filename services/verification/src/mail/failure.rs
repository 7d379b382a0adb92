//! A failed step of an attempt to send an email, and whether the answer concerns the email itself.

use std::{
    error::Error as _,
    io::{self, ErrorKind},
};

use lettre::transport::smtp::Error;

use super::connection::Step;

/// The answer of a server that wants a login (RFC 4954), whatever the command was.
const LOGIN_REQUIRED: u16 = 530;

/// The failure of a step: an answer with its codes, or no answer.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: Option<u16>,
    /// The enhanced status code of the answer (RFC 3463): class, subject and detail.
    pub(super) status: Option<[u16; 3]>,
    pub(super) text: String,
}

impl Failure {
    /// Creates a failure without an answer.
    pub(super) fn unanswered(text: String) -> Self {
        Self { code: None, status: None, text }
    }

    /// Returns true for a permanent answer to the recipient or to the content. Servers such as
    /// Postfix refuse clients and senders only at the recipient, which concerns every email. So the
    /// enhanced status code decides. Without one, the step decides.
    pub(super) fn rejects_the_email(&self, step: Step) -> bool {
        let permanent = self.code.is_some_and(|code| (500..600).contains(&code) && code != LOGIN_REQUIRED);
        // The sender: its address, its rights (codes of Microsoft), or its signatures (RFC 7372).
        let of_sender = matches!(self.status, Some([5, 1, 7 | 8] | [5, 2, 252] | [5, 7, 20..=29 | 60]));
        let of_email = match step {
            Step::Recipient => matches!(self.status, None | Some([5, 1 | 2, _])),
            // 5.3.x and 5.4.x are the server and its network, but for an email that is too big.
            Step::Content => matches!(self.status, None | Some([5, 0..=2 | 5..=7, _] | [5, 3, 4])),
            _ => false,
        };
        permanent && of_email && !of_sender
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = error.status().map(u16::from);
        // The source of an error with a code is the text of the answer.
        let status = code.and(error.source()).and_then(|answer| enhanced(&answer.to_string()));
        Self { code, status, text: clean(&error.to_string()) }
    }
}

/// Reads the enhanced status code with which a text begins. Some servers write `#5.1.1`.
fn enhanced(text: &str) -> Option<[u16; 3]> {
    let word = text.split_whitespace().next()?.trim_matches(['#', '(', ')', ':']);
    let mut parts = word.split('.').map(|part| part.parse::<u16>().ok());
    let status = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(status)
}

/// Replaces control characters. Postgres stores no NUL.
pub(super) fn clean(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// Returns true if the server answered, but not as RFC 5321 says. A connection that ended is no
/// answer.
pub(super) fn is_unreadable(error: &Error) -> bool {
    let Some(source) = error.source() else { return false };
    match source.downcast_ref::<io::Error>() {
        // The text is not UTF-8.
        Some(broken) => broken.kind() == ErrorKind::InvalidData,
        None => error.is_response() && source.to_string() != "incomplete response",
    }
}
