//! Erases the data.

use std::path::Path;

use anyhow::Result;
use estore_testbed::Shop;

use crate::{lock::lock, tell::say};

pub(crate) async fn run(directory: &Path) -> Result<()> {
    if directory.exists() {
        let _lock = lock(directory)?;
        Shop::clear(directory, &|line| say(&format!("  · {line}"))).await?;
        Shop::erase(directory)?;
    }
    say("Erased. The next ./dev up starts with new data.");
    Ok(())
}
