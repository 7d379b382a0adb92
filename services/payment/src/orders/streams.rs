//! The limits on streams of events. A stream holds a connection and no slot of the requests in
//! progress.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use estore_contract::{Code, UserId};
use estore_server::Problem;

/// The maximum number of streams of one account.
const MOST_EACH: usize = 8;
/// The maximum number of streams of this process.
const MOST: usize = 512;

/// The streams in progress, by account. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<UserId, usize>>>);

/// A stream in progress, until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenStream {
    streams: Streams,
    user: UserId,
}

impl Streams {
    /// Counts a stream of `user`, if the limits allow it.
    pub(crate) fn open(&self, user: UserId) -> Result<OpenStream, Problem> {
        let mut open = self.counts();
        if open.values().sum::<usize>() >= MOST {
            return Err(Problem::new(
                Code::Unavailable,
                "Too many streams are open; read the order instead.",
            ));
        }
        let count = open.entry(user).or_default();
        if *count >= MOST_EACH {
            let message = "This account has too many streams open; close one, or read the order instead.";
            return Err(Problem::new(Code::RateLimited, message).retry_after(Duration::from_secs(10)));
        }
        *count += 1;
        Ok(OpenStream { streams: self.clone(), user })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.counts();
        if let Some(count) = open.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user(n: usize) -> UserId {
        UserId(Uuid::from_u128(n as u128))
    }

    #[test]
    fn account_over_its_limit_is_refused_until_release() {
        let streams = Streams::default();
        let mut open: Vec<_> = (0..MOST_EACH).map(|_| streams.open(user(0)).unwrap()).collect();
        assert_eq!(streams.open(user(0)).unwrap_err().code(), Code::RateLimited);
        assert!(streams.open(user(1)).is_ok());
        open.pop();
        open.push(streams.open(user(0)).unwrap());
        drop(open);
        assert!(streams.counts().is_empty());
    }

    #[test]
    fn process_over_its_limit_refuses_everybody() {
        let streams = Streams::default();
        let _open: Vec<_> = (0..MOST).map(|n| streams.open(user(n)).unwrap()).collect();
        assert_eq!(streams.open(user(MOST)).unwrap_err().code(), Code::Unavailable);
    }
}
