//! The archive: orders that ended long ago move from the stores to files. Each order is on disk
//! before it leaves the stores, and leaves only if it is unchanged. The job can be interrupted
//! anywhere, and run again.

mod age;
mod batch;

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use estore_base::{
    clock::{Clock, SystemClock},
    config::Env,
    fail_point,
};
use estore_client::{PeerClient, PeerError};
use estore_contract::{
    OrderId, PeerName,
    archive::{
        ArchivablePart, ArchivableRequest, ArchiveRequest, Archived, Forgotten, OrderRecord,
        ReservationRecords, ReservationsRequest,
    },
};
use http::Method;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    config::{ARCHIVE_AFTER, ARCHIVE_DIR},
    patience::until_done,
};
use age::Age;
use batch::{Batch, Writer};

/// The time that a service has for a part.
const LIMIT: Duration = Duration::from_secs(30);
/// The most orders in one file: some 100 MB.
const MOST: u64 = 50_000;
/// The number of orders that leave in one call.
const TOGETHER: usize = 100;

struct Archive {
    payment: PeerClient,
    inventory: PeerClient,
    directory: PathBuf,
    idle: Duration,
}

/// Moves orders that are unchanged for `ARCHIVE_AFTER` (400 days) into `ARCHIVE_DIR`. Reports its
/// progress to `say`.
pub async fn run(env: &Env, say: impl Fn(&str) -> std::io::Result<()>) -> Result<()> {
    let Age(idle) = env.get(&ARCHIVE_AFTER)?;
    let directory: PathBuf = env.get(&ARCHIVE_DIR)?;
    let _alone = lock(&directory)?;
    let payment = PeerClient::from_env(env, PeerName::Payment)?;
    let inventory = PeerClient::from_env(env, PeerName::Inventory)?;
    let archive = Archive { payment, inventory, directory, idle };
    for batch in Batch::unfinished(&archive.directory)? {
        let kept = archive.take_out(&batch).await?;
        say(&format!(
            "{}: finished an interrupted batch; {kept} orders changed and stay in the stores",
            batch.name()
        ))?;
    }
    loop {
        let Some((batch, orders)) = archive.write().await? else {
            say("no more orders are old enough")?;
            return Ok(());
        };
        fail_point!("bootstrap.archive.written");
        let kept = archive.take_out(&batch).await?;
        say(&format!("{}: {orders} orders, of which {kept} changed and stay in the stores", batch.name()))?;
    }
}

/// Locks the directory, so that no other archive job writes there.
fn lock(directory: &Path) -> Result<File> {
    let name = directory.join("lock");
    fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
    let file = File::create(&name).with_context(|| name.display().to_string())?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("another archive job runs in {}", directory.display()),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| name.display().to_string()),
    }
}

impl Archive {
    /// Writes the orders that may leave into a file. Returns the file and its number of orders, or
    /// `None` if there is no such order.
    async fn write(&self) -> Result<Option<(Batch, u64)>> {
        let mut writer: Option<Writer> = None;
        let mut request = ArchivableRequest { idle_seconds: self.idle.as_secs(), after: None };
        loop {
            let part: ArchivablePart = call(&self.payment, "/internal/archivable", &request).await?;
            if !part.orders.is_empty() {
                let writer = match &mut writer {
                    Some(writer) => writer,
                    none => none.insert(Writer::new(&self.directory, SystemClock.now())?),
                };
                for order in self.with_reservations(part.orders).await? {
                    writer.add(&order)?;
                }
            }
            let is_full = writer.as_ref().is_some_and(|writer| writer.orders() >= MOST);
            if part.next.is_none() || is_full {
                return writer.map(Writer::finish).transpose();
            }
            request.after = part.next;
        }
    }

    async fn with_reservations(&self, mut orders: Vec<OrderRecord>) -> Result<Vec<OrderRecord>> {
        let request =
            ReservationsRequest { orders: orders.iter().map(|record| record.order.order_id).collect() };
        let mut found: ReservationRecords =
            call(&self.inventory, "/internal/reservation-records", &request).await?;
        for record in &mut orders {
            record.keys.extend(found.records.remove(&record.order.order_id).unwrap_or_default());
        }
        Ok(orders)
    }

    /// Removes the orders of a file from the stores, after the checksum of the file is verified.
    /// Returns the number of orders that stay.
    async fn take_out(&self, batch: &Batch) -> Result<usize> {
        let orders = batch.orders()?;
        let mut kept = Vec::<OrderId>::new();
        for part in orders.chunks(TOGETHER) {
            let request = ArchiveRequest { orders: part.to_vec() };
            // Payment comes first: it knows if the order is unchanged. Once Payment has dropped an
            // order, nobody asks Inventory for it.
            let done: Archived = call(&self.payment, "/internal/archive", &request).await?;
            fail_point!("bootstrap.archive.between");
            let gone = part.iter().map(|order| order.order_id).filter(|id| !done.kept.contains(id)).collect();
            let request = ReservationsRequest { orders: gone };
            call::<Forgotten>(&self.inventory, "/internal/forget-reservations", &request).await?;
            kept.extend(done.kept);
        }
        batch.close(&kept)?;
        Ok(kept.len())
    }
}

async fn call<T: DeserializeOwned>(peer: &PeerClient, path: &str, body: &impl Serialize) -> Result<T> {
    let ask = async || peer.call_within::<T>(Method::POST, path, body, LIMIT).await;
    Ok(until_done(|error| matches!(error, PeerError::Answered(..)), ask).await?)
}
