//! A mailbox: an SMTP server that keeps what it gets in memory and shows it.

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

/// The mailbox. It stops when this is dropped.
pub struct Mailbox {
    /// Where mails go.
    pub smtp_port: u16,
    /// Where they are shown.
    pub http_port: u16,
    store: Arc<Store>,
    _servers: JoinSet<()>,
}

impl Mailbox {
    /// Listens on these ports; 0 is any free one. It keeps the newest `most` mails.
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

    /// Everything that came, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.store.messages()
    }

    /// What came for `address`, oldest first.
    #[must_use]
    pub fn messages_to(&self, address: &str) -> Vec<Message> {
        self.store.messages_to(address)
    }

    /// Waits until `count` messages came for `address`.
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

    /// Lets every mail fail from now on, or none; what [`fail_next`](Self::fail_next) asked for comes first.
    pub fn set(&self, fault: Option<FaultKind>) {
        self.store.set(fault);
    }

    /// Lets the next `count` mails fail.
    pub fn fail_next(&self, count: usize, kind: FaultKind) {
        self.store.fail_next(count, kind);
    }
}
