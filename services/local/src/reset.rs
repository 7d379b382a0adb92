//! Erasing what is kept.

use std::path::Path;

use anyhow::Result;
use estore_stage::Shop;

use crate::{tell::say, up::lock};

pub(crate) fn run(directory: &Path) -> Result<()> {
    if directory.exists() {
        let _lock = lock(directory)?;
        Shop::erase(directory)?;
    }
    say("Erased. The next ./dev up starts afresh.");
    Ok(())
}
