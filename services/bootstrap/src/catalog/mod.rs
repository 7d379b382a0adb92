//! The catalogue: YAML files and pictures, sent to the Inventory Service in batches.

mod files;

use std::{path::PathBuf, time::Duration};

use estore_base::config::Env;
use estore_client::{PeerClient, PeerError};
use estore_contract::{
    PeerName,
    inventory::{CatalogImported, CatalogLine},
};
use tokio::time::Instant;

use crate::{config::CATALOG_DIR, exit::Wrong, patience::until_done, refused::explained, say};

#[cfg(feature = "kubernetes")]
pub(crate) use files::picture_kind;

pub use files::Files;

/// The most lines and bytes in one batch: Inventory writes it within a second.
const LINES: usize = 500;
const BYTES: usize = 1024 * 1024;
/// The time that the Inventory Service has for a batch.
const LIMIT: Duration = Duration::from_mins(1);
/// The time between two progress lines.
const PROGRESS: Duration = Duration::from_secs(5);

/// Sends the catalogue in `CATALOG_DIR`, if that is set. An interrupted run has written what it
/// sent: the next run sends it again, and Inventory finds it unchanged.
pub async fn seed(env: &Env) -> anyhow::Result<String> {
    let Some(directory) = env.optional::<PathBuf>(&CATALOG_DIR)? else {
        return Ok("none (CATALOG_DIR is not set)".to_owned());
    };
    let wrong = |error: anyhow::Error| Wrong(format!("the catalogue in {}: {error:#}", directory.display()));
    let mut files = Files::open(&directory).map_err(wrong)?;
    let all = files.check().map_err(wrong)?;
    let mut sender = Sender::new(PeerClient::from_env(env, PeerName::Inventory)?, all);
    for line in files.categories().map_err(wrong)? {
        sender.add(&line).await?;
    }
    for at in 0..files.lists() {
        for line in files.products(at).map_err(wrong)? {
            sender.add(&line).await?;
        }
    }
    let done = sender.finish().await?;
    Ok(format!(
        "{} products new, {} changed, {} unchanged; {} categories, {} pictures",
        done.products_created, done.products_updated, done.products_unchanged, done.categories, done.images
    ))
}

/// Names a field of a batch as its author knows it, by the thing in place of `lines[n]`.
fn named(batch: &[u8], field: &str) -> String {
    let line = |at: &str| batch.split(|byte| *byte == b'\n').nth(at.parse().ok()?);
    let parts = field.strip_prefix("lines[").and_then(|rest| rest.split_once(']'));
    let Some((line, part)) = parts.and_then(|(at, part)| Some((line(at)?, part))) else {
        return field.to_owned();
    };
    let thing = match serde_json::from_slice(line) {
        Ok(CatalogLine::Product { sku, .. }) => format!("product {sku}"),
        Ok(CatalogLine::Category { slug, .. }) => format!("category {slug}"),
        Ok(CatalogLine::Image { name, .. }) => format!("picture {name}"),
        Err(_) => return field.to_owned(),
    };
    part.strip_prefix('.').map_or_else(|| thing.clone(), |part| format!("{thing}: {part}"))
}

/// Collects lines in batches, and sends them.
struct Sender {
    inventory: PeerClient,
    batch: Vec<u8>,
    lines: usize,
    done: CatalogImported,
    /// The number of all products.
    all: usize,
    told: Instant,
}

impl Sender {
    fn new(inventory: PeerClient, all: usize) -> Self {
        let (batch, done) = (Vec::new(), CatalogImported::default());
        Self { inventory, batch, lines: 0, done, all, told: Instant::now() }
    }

    async fn add(&mut self, line: &CatalogLine) -> anyhow::Result<()> {
        let text = serde_json::to_vec(line)?;
        if self.lines > 0 && (self.lines == LINES || self.batch.len() + text.len() > BYTES) {
            self.send().await?;
        }
        self.batch.extend(text);
        self.batch.push(b'\n');
        self.lines += 1;
        Ok(())
    }

    async fn finish(mut self) -> anyhow::Result<CatalogImported> {
        self.send().await?;
        Ok(self.done)
    }

    async fn send(&mut self) -> anyhow::Result<()> {
        let (inventory, batch) = (&self.inventory, &self.batch);
        let send = || {
            inventory.upload::<CatalogImported>(
                "/internal/catalog",
                "application/x-ndjson",
                batch.clone(),
                LIMIT,
            )
        };
        let done = until_done(|error| matches!(error, PeerError::Answered(..)), send)
            .await
            .map_err(|error| explained(error, |field| named(batch, field)))?;
        self.batch.clear();
        self.lines = 0;
        let CatalogImported { products_created, products_updated, products_unchanged, categories, images } =
            done;
        self.done.products_created += products_created;
        self.done.products_updated += products_updated;
        self.done.products_unchanged += products_unchanged;
        self.done.categories += categories;
        self.done.images += images;
        self.tell();
        Ok(())
    }

    fn tell(&mut self) {
        if self.told.elapsed() >= PROGRESS {
            self.told = Instant::now();
            let done = &self.done;
            let sent = done.products_created + done.products_updated + done.products_unchanged;
            // If nobody can read it, the import continues all the same.
            let _unwritable = say(&format!("catalogue: {sent} of {} products", self.all));
        }
    }
}
