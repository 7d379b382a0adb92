//! The archive: orders that ended long ago leave the stores for files. Each is on disk before it leaves, and leaves only as it was
//! written down. It may be cut short anywhere, and be run again.

mod age;
mod batch;

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use estore_contract::{
    OrderId, PeerName,
    archive::{
        ArchivablePart, ArchivableRequest, ArchiveRequest, Archived, Forgotten, OrderRecord,
        ReservationRecords, ReservationsRequest,
    },
};
use estore_kit::{
    clock::{Clock, SystemClock},
    config::Env,
    fail_point,
    peer::{PeerClient, PeerError},
};
use http::Method;
use serde::{Serialize, de::DeserializeOwned};

use crate::patience::until_done;
use age::Age;
use batch::{Batch, Writer};

/// How long a service may take for a part.
const LIMIT: Duration = Duration::from_secs(30);
/// How many orders one file has: some 100 MB.
const MOST: u64 = 50_000;
/// How many leave in one call.
const TOGETHER: usize = 100;

struct Archive {
    payment: PeerClient,
    inventory: PeerClient,
    directory: PathBuf,
    idle: Duration,
}

/// Moves what was not touched for `ARCHIVE_AFTER` (400 days) into `ARCHIVE_DIR`. Tells what it does with `say`.
pub async fn run(env: &Env, say: impl Fn(&str) -> std::io::Result<()>) -> Result<()> {
    let Age(idle) = env.or("ARCHIVE_AFTER", Age::from_days(400), "400d")?;
    let directory: PathBuf = env.required("ARCHIVE_DIR", "/var/lib/estore/archive")?;
    let _alone = lock(&directory)?;
    let payment = PeerClient::from_env(env, PeerName::Payment)?;
    let inventory = PeerClient::from_env(env, PeerName::Inventory)?;
    let archive = Archive { payment, inventory, directory, idle };
    for batch in Batch::unfinished(&archive.directory)? {
        let kept = archive.take_out(&batch).await?;
        say(&format!("{}: finished what was cut short, {kept} orders went on and stay", batch.name()))?;
    }
    loop {
        let Some((batch, orders)) = archive.write().await? else {
            say("nothing else is old enough")?;
            return Ok(());
        };
        fail_point!("bootstrap.archive.written");
        let kept = archive.take_out(&batch).await?;
        say(&format!("{}: {orders} orders, of which {kept} went on and stay", batch.name()))?;
    }
}

/// Nobody else writes there meanwhile.
fn lock(directory: &Path) -> Result<File> {
    let name = directory.join("lock");
    fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
    let file = File::create(&name).with_context(|| name.display().to_string())?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("another archive runs in {}", directory.display()),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| name.display().to_string()),
    }
}

impl Archive {
    /// Writes what may leave into a file; `None` where there is nothing. The number of orders goes with it.
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

    /// Takes out of the stores what a file has, once the file proves to be whole; answers how many orders stay.
    async fn take_out(&self, batch: &Batch) -> Result<usize> {
        let orders = batch.orders()?;
        let mut kept = Vec::<OrderId>::new();
        for part in orders.chunks(TOGETHER) {
            let request = ArchiveRequest { orders: part.to_vec() };
            // Payment first: it knows whether the order still stands so, and what it forgets nobody asks Inventory for.
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
