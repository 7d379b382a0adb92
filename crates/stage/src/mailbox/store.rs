//! What the mailbox keeps: the newest thousand mails.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::{FaultKind, Message};

const MOST: usize = 1000;

#[derive(Default)]
pub(super) struct Store {
    kept: Mutex<Kept>,
    count: watch::Sender<u64>,
}

#[derive(Default)]
struct Kept {
    messages: VecDeque<Message>,
    last_id: u64,
    faults: VecDeque<FaultKind>,
}

impl Store {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, to: Vec<String>, raw: &[u8]) {
        let mut kept = self.kept();
        kept.last_id += 1;
        let message = Message::parse(kept.last_id, to, raw);
        kept.messages.push_back(message);
        if kept.messages.len() > MOST {
            kept.messages.pop_front();
        }
        self.count.send_replace(kept.last_id);
    }

    pub(super) fn messages(&self, to: Option<&str>) -> Vec<Message> {
        let wanted = |message: &&Message| {
            to.is_none_or(|to| message.to.iter().any(|other| other.eq_ignore_ascii_case(to)))
        };
        self.kept().messages.iter().filter(wanted).cloned().collect()
    }

    pub(super) fn message(&self, id: u64) -> Option<Message> {
        self.kept().messages.iter().find(|message| message.id == id).cloned()
    }

    pub(super) fn clear(&self) {
        self.kept().messages.clear();
    }

    pub(super) fn changed(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    pub(super) fn fail_next(&self, count: usize, kind: FaultKind) {
        self.kept().faults.extend(std::iter::repeat_n(kind, count));
    }

    pub(super) fn next_fault(&self) -> Option<FaultKind> {
        self.kept().faults.pop_front()
    }
}
