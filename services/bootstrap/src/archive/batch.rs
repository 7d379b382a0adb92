//! One file of the archive. `orders-<time>.jsonl` has an order in each line, and is complete once
//! it has this name. `….jsonl.sha256` beside it is its checksum (`sha256sum -c`). `….jsonl.kept`
//! shows that its orders have left the stores, except those that it lists.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use estore_contract::{
    OrderId,
    archive::{ArchiveOrder, OrderRecord},
};
use sha2::{Digest, Sha256};
use time::{OffsetDateTime, macros::format_description};

use crate::exit::Wrong;

/// A complete file.
pub(super) struct Batch(PathBuf);

/// A file in progress.
pub(super) struct Writer {
    path: PathBuf,
    file: BufWriter<File>,
    hash: Sha256,
    orders: u64,
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    path.with_added_extension(ending)
}

impl Writer {
    /// Creates a file that is named after the time.
    pub(super) fn new(directory: &Path, now: OffsetDateTime) -> Result<Self> {
        let stamp = now
            .format(format_description!("[year][month][day]T[hour][minute][second].[subsecond digits:3]Z"))?;
        let path = directory.join(format!("orders-{stamp}.jsonl"));
        ensure!(!path.exists(), "{} exists", path.display());
        let part = beside(&path, "part");
        let file = File::create(&part).with_context(|| part.display().to_string())?;
        Ok(Self { path, file: BufWriter::new(file), hash: Sha256::new(), orders: 0 })
    }

    /// The number of orders in the file.
    pub(super) fn orders(&self) -> u64 {
        self.orders
    }

    pub(super) fn add(&mut self, order: &OrderRecord) -> Result<()> {
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        self.hash.update(&line);
        self.file.write_all(&line)?;
        self.orders += 1;
        Ok(())
    }

    /// Syncs the file to disk, and gives it its final name.
    pub(super) fn finish(self) -> Result<(Batch, u64)> {
        let Self { path, file, hash, orders } = self;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        put(&beside(&path, "sha256"), &format!("{}  {}\n", hex::encode(hash.finalize()), name(&path)))?;
        fs::rename(beside(&path, "part"), &path)?;
        sync_directory(&path)?;
        Ok((Batch(path), orders))
    }
}

impl Batch {
    /// Lists files with orders that may still be in the stores, oldest first. Removes incomplete
    /// files: no order left the stores for them.
    pub(super) fn unfinished(directory: &Path) -> Result<Vec<Self>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("part") => fs::remove_file(&path)?,
                Some("jsonl") if !beside(&path, "kept").exists() => found.push(Self(path)),
                _ => {}
            }
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(found)
    }

    pub(super) fn name(&self) -> String {
        name(&self.0)
    }

    /// Reads the orders of the file, and verifies its checksum. No retry mends a damaged file.
    pub(super) fn orders(&self) -> Result<Vec<ArchiveOrder>> {
        let mut hash = Sha256::new();
        let mut orders = Vec::new();
        let file = File::open(&self.0).with_context(|| self.name())?;
        for line in BufReader::new(file).split(b'\n') {
            let line = line?;
            hash.update(&line);
            hash.update(b"\n");
            let record = serde_json::from_slice::<OrderRecord>(&line);
            orders.push(record.map_err(|error| Wrong(format!("{}: {error}", self.name())))?.order);
        }
        let kept = fs::read_to_string(beside(&self.0, "sha256")).with_context(|| self.name())?;
        let found = hex::encode(hash.finalize());
        if kept.split(' ').next() != Some(found.as_str()) {
            return Err(Wrong(format!("{} does not match its checksum", self.name())).into());
        }
        Ok(orders)
    }

    /// Records that the orders of the file have left the stores, except `kept`.
    pub(super) fn close(&self, kept: &[OrderId]) -> Result<()> {
        let lines: Vec<String> = kept.iter().map(OrderId::to_string).collect();
        put(&beside(&self.0, "kept"), &lines.join("\n"))?;
        sync_directory(&self.0)
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes a file as a whole, or not at all.
fn put(path: &Path, text: &str) -> Result<()> {
    let part = beside(path, "part");
    let mut file = File::create(&part).with_context(|| part.display().to_string())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(fs::rename(&part, path)?)
}

/// Syncs the directory: a file name is on disk only after that.
fn sync_directory(path: &Path) -> Result<()> {
    let directory = path.parent().context("a directory")?;
    Ok(File::open(directory)?.sync_all()?)
}
