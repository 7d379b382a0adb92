//! The reasons for which a store cannot be used: one word for readiness, and one log line for each
//! change.

use std::{
    fmt::Display,
    sync::{Mutex, PoisonError},
};

/// The reasons that readiness reports. Each names the thing that an operator must check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The server starts, recovers or stops.
    Loading,
    /// The server rejects this service's name or password, or grants it fewer rights than it needs.
    Password,
    /// One side does not trust the other's certificate, or it has expired.
    Certificate,
    /// No answer, or not in time.
    Unreachable,
}

impl Refusal {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Password => "password",
            Self::Certificate => "certificate",
            Self::Unreachable => "unreachable",
        }
    }

    /// Returns [`Self::Certificate`] if `error` is about one, otherwise [`Self::Unreachable`]. The
    /// clients hide the types of TLS errors.
    pub(crate) fn of_connection(error: &impl Display) -> Self {
        let text = error.to_string().to_ascii_lowercase();
        if text.contains("certificate") { Self::Certificate } else { Self::Unreachable }
    }
}

/// The last logged refusal of one store.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<Option<Refusal>>);

impl Refusals {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Notes a refusal, and logs it with its cause unless the last was of the same kind.
    pub(crate) fn note(&self, store: &'static str, refusal: Refusal, cause: &impl Display) -> &'static str {
        if self.is_news(Some(refusal)) {
            let reason = refusal.as_str();
            tracing::warn!(store, reason, %cause, "store is not usable; will retry");
        }
        refusal.as_str()
    }

    /// Notes that the store answered, so that its next refusal is logged.
    pub(crate) fn answered(&self) {
        let _before = self.is_news(None);
    }

    fn is_news(&self, now: Option<Refusal>) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *last, now) != now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_is_news_until_it_repeats() {
        let refusals = Refusals::new();
        assert!(refusals.is_news(Some(Refusal::Password)));
        assert!(!refusals.is_news(Some(Refusal::Password)));
        assert!(refusals.is_news(Some(Refusal::Certificate)));
        refusals.answered();
        assert!(refusals.is_news(Some(Refusal::Certificate)));
    }

    #[test]
    fn expired_certificate_differs_from_no_answer() {
        let of = |text: &str| Refusal::of_connection(&text);
        assert_eq!(of("invalid peer certificate: Expired"), Refusal::Certificate);
        assert_eq!(of("received fatal alert: CertificateUnknown"), Refusal::Certificate);
        assert_eq!(of("Connection refused (os error 111)"), Refusal::Unreachable);
    }
}
