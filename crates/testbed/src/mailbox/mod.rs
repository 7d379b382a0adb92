//! A mailbox: an SMTP server that keeps received emails in memory and shows them.

mod fault;
mod message;
mod page;
mod smtp;
mod store;

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use tokio::{net::TcpListener, task::JoinSet, time::timeout};

pub use fault::FaultKind;
pub use message::Message;
use store::Store;

/// The mailbox. It stops when this value is dropped.
pub struct Mailbox {
    /// The port that takes emails by SMTP.
    pub smtp_port: u16,
    /// The port that shows them by HTTP.
    pub http_port: u16,
    store: Arc<Store>,
    _servers: JoinSet<()>,
}

impl Mailbox {
    /// Listens on these ports; 0 picks any free port. The mailbox keeps the newest `most` emails.
    pub async fn start(smtp_port: u16, http_port: u16, most: usize) -> Result<Self> {
        let bind = async |port| {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| format!("port {port}"))
        };
        let (smtp, http) = (bind(smtp_port).await?, bind(http_port).await?);
        let (smtp_port, http_port) = (smtp.local_addr()?.port(), http.local_addr()?.port());
        let store = Arc::new(Store::new(most));
        let mut servers = JoinSet::new();
        servers.spawn(smtp::serve(smtp, store.clone()));
        servers.spawn(page::serve(http, store.clone()));
        Ok(Self { smtp_port, http_port, store, _servers: servers })
    }

    /// Returns all emails, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.store.messages()
    }

    /// Returns the emails for `address`, oldest first.
    #[must_use]
    pub fn messages_to(&self, address: &str) -> Vec<Message> {
        self.store.messages_to(address)
    }

    /// Waits until `count` emails have arrived for `address`.
    pub async fn wait_for(&self, address: &str, count: usize, limit: Duration) -> Result<Vec<Message>> {
        let mut changed = self.store.changed();
        let arrived = async {
            loop {
                let messages = self.messages_to(address);
                if messages.len() >= count || changed.changed().await.is_err() {
                    return messages;
                }
            }
        };
        timeout(limit, arrived).await.with_context(|| {
            format!("{} of {count} messages came for {address}", self.messages_to(address).len())
        })
    }

    /// Makes every email fail from now on, or none. Faults queued by [`fail_next`](Self::fail_next)
    /// come first.
    pub fn set(&self, fault: Option<FaultKind>) {
        self.store.set(fault);
    }

    /// Makes the next `count` emails fail.
    pub fn fail_next(&self, count: usize, kind: FaultKind) {
        self.store.fail_next(count, kind);
    }
}
