//! Keeps the newest emails, by number and by address.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::{FaultKind, Message};

pub(super) struct Store {
    kept: Mutex<Kept>,
    most: usize,
    count: watch::Sender<u64>,
}

#[derive(Default)]
struct Kept {
    messages: BTreeMap<u64, Arc<Message>>,
    /// The numbers of the emails of each address, oldest first: many tests wait for their own
    /// emails at once.
    to: HashMap<String, VecDeque<u64>>,
    last_id: u64,
    lasting: Option<FaultKind>,
    next: VecDeque<FaultKind>,
}

impl Kept {
    fn drop_oldest(&mut self) {
        let Some((id, message)) = self.messages.pop_first() else { return };
        for address in &message.to {
            let key = key(address);
            if let Some(ids) = self.to.get_mut(&key) {
                ids.retain(|other| *other != id);
                if ids.is_empty() {
                    self.to.remove(&key);
                }
            }
        }
    }
}

impl Store {
    /// Creates a store of the newest `most` emails.
    pub(super) fn new(most: usize) -> Self {
        Self { kept: Mutex::default(), most, count: watch::Sender::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, to: Vec<String>, raw: &[u8]) {
        let mut kept = self.kept();
        kept.last_id += 1;
        let id = kept.last_id;
        for address in &to {
            let ids = kept.to.entry(key(address)).or_default();
            if ids.back() != Some(&id) {
                ids.push_back(id);
            }
        }
        kept.messages.insert(id, Arc::new(Message::parse(id, to, raw)));
        if kept.messages.len() > self.most {
            kept.drop_oldest();
        }
        self.count.send_replace(id);
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        copies(self.kept().messages.values().cloned().collect())
    }

    pub(super) fn messages_to(&self, address: &str) -> Vec<Message> {
        let kept = self.kept();
        let ids = kept.to.get(&key(address)).into_iter().flatten();
        let found = ids.filter_map(|id| kept.messages.get(id).cloned()).collect();
        drop(kept);
        copies(found)
    }

    pub(super) fn message(&self, id: u64) -> Option<Message> {
        self.kept().messages.get(&id).map(|message| message.as_ref().clone())
    }

    pub(super) fn clear(&self) {
        let mut kept = self.kept();
        kept.messages.clear();
        kept.to.clear();
    }

    pub(super) fn changed(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    pub(super) fn fail_next(&self, count: usize, kind: FaultKind) {
        self.kept().next.extend(std::iter::repeat_n(kind, count));
    }

    pub(super) fn set(&self, fault: Option<FaultKind>) {
        self.kept().lasting = fault;
        self.count.send_modify(|_| {});
    }

    /// Waits until the lasting fault is not `fault`.
    pub(super) async fn ended(&self, fault: FaultKind) {
        let mut changed = self.changed();
        loop {
            let lasting = self.kept().lasting;
            if lasting != Some(fault) || changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// Takes the fault of an email that has arrived. A connection that hangs at its greeting never
    /// gets this far.
    pub(super) fn fault_of_mail(&self) -> Option<FaultKind> {
        let mut kept = self.kept();
        kept.next.pop_front().or(kept.lasting)
    }

    /// Reports whether the server is down.
    pub(super) fn is_down(&self) -> bool {
        self.kept().lasting == Some(FaultKind::Down)
    }

    /// Reports whether a new connection hangs before the greeting.
    pub(super) fn hangs_at_greeting(&self) -> bool {
        let mut kept = self.kept();
        match kept.next.front() {
            Some(FaultKind::GreetingHang) => kept.next.pop_front().is_some(),
            Some(_) => false,
            None => kept.lasting == Some(FaultKind::GreetingHang),
        }
    }
}

/// Copies the messages after the lock is released, so that nobody waits for it.
fn copies(messages: Vec<Arc<Message>>) -> Vec<Message> {
    messages.into_iter().map(|message| message.as_ref().clone()).collect()
}

/// Normalizes an address for comparison.
fn key(address: &str) -> String {
    address.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_emails_are_found_by_address_ignoring_case() {
        let store = Store::new(2);
        for to in ["ada@example.com", "bob@example.com", "Ada@example.com"] {
            store.add(vec![to.to_owned(), to.to_owned()], b"Subject: Hello\r\n\r\nYou.\r\n");
        }
        let ids = |messages: Vec<Message>| messages.iter().map(|message| message.id).collect::<Vec<_>>();
        assert_eq!(ids(store.messages()), [2, 3]);
        assert_eq!(ids(store.messages_to("ADA@example.com")), [3]);
        store.add(vec!["eve@example.com".to_owned()], b"\r\n");
        assert!(store.messages_to("bob@example.com").is_empty() && store.message(2).is_none());
        store.clear();
        assert!(store.messages().is_empty() && store.messages_to("eve@example.com").is_empty());
    }

    #[test]
    fn queued_faults_apply_before_the_lasting_fault() {
        let store = Store::new(2);
        store.set(Some(FaultKind::RejectForNow));
        store.fail_next(1, FaultKind::RejectForGood);
        let faults: Vec<_> = (0..3).filter_map(|_| store.fault_of_mail()).collect();
        assert_eq!(faults, [FaultKind::RejectForGood, FaultKind::RejectForNow, FaultKind::RejectForNow]);
        assert!(!store.hangs_at_greeting());
        store.set(Some(FaultKind::GreetingHang));
        assert!(store.hangs_at_greeting() && store.hangs_at_greeting());
        store.set(None);
        store.fail_next(1, FaultKind::GreetingHang);
        assert!(store.hangs_at_greeting() && !store.hangs_at_greeting());
        assert_eq!(store.fault_of_mail(), None);
    }
}
