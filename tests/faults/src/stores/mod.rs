//! Reading of the stores. `estore-checker` has the content as plain values.

pub mod archive;
mod dump;
mod read;

use anyhow::Result;
use redis::Client;

pub use estore_checker::stores::*;

/// Reads the databases key by key, for a shop at rest: the parts are of different moments. Both
/// addresses are of a user who may read everything, such as
/// `redis://observer:secret@127.0.0.1:6379/0`.
pub async fn read(payment_url: &str, inventory_url: &str) -> Result<Snapshot> {
    read_by(&Client::open(payment_url)?, &Client::open(inventory_url)?).await
}

/// Reads the same with clients that trust the server's certificate.
pub async fn read_by(payment: &Client, inventory: &Client) -> Result<Snapshot> {
    let mut dump = read::one_by_one(payment, read::PAYMENT).await?;
    dump.extend(read::one_by_one(inventory, read::INVENTORY).await?);
    Ok(Snapshot::of(&dump))
}

/// Reads each database whole in one moment (the two of different moments), for a shop in progress.
/// Everything that must hold at every moment is within one database.
/// The server does nothing else meanwhile, about 50 µs for each order. The user also needs
/// `EVAL_RO`.
pub async fn read_at_once(payment_url: &str, inventory_url: &str) -> Result<Snapshot> {
    let mut dump = read::at_once(&Client::open(payment_url)?, read::PAYMENT).await?;
    dump.extend(read::at_once(&Client::open(inventory_url)?, read::INVENTORY).await?);
    Ok(Snapshot::of(&dump))
}

/// Returns the keys that [`read`](fn@read) parses, before parsing.
pub async fn dump(payment_url: &str, inventory_url: &str) -> Result<Dump> {
    let mut dump = read::one_by_one(&Client::open(payment_url)?, read::PAYMENT).await?;
    dump.extend(read::one_by_one(&Client::open(inventory_url)?, read::INVENTORY).await?);
    Ok(dump)
}
