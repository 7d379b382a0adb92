//! The places of a measurement: programs, catalogue, data.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use estore_testbed::Postgres;

use crate::{arguments::Arguments, catalogue, load::Generators, systems::Store};

/// Products of the generated catalogue of a comparison.
const PRODUCTS: usize = 1_000;

/// The directories of a run. It erases data of an earlier run.
pub(crate) struct Place {
    pub(crate) programs: PathBuf,
    pub(crate) work: PathBuf,
}

impl Place {
    pub(crate) async fn prepare(arguments: &Arguments) -> Result<Self> {
        let beside = env::current_exe()?.parent().map(Path::to_owned).context("the path of this program")?;
        let programs = arguments.bin.clone().unwrap_or(beside).canonicalize().context("--bin")?;
        // Not among temporary files, which are in memory on many machines: a sync there costs
        // nothing.
        let work = arguments.dir.join("work");
        fs::create_dir_all(&work).with_context(|| work.display().to_string())?;
        let place = Self { programs, work: work.canonicalize()? };
        place.clear().await?;
        Ok(place)
    }

    /// Returns the directory of the store's data.
    pub(crate) fn store(&self) -> PathBuf {
        self.work.join("store")
    }

    /// Returns the given catalogue or a generated one, and its name for the document.
    pub(crate) fn catalogue(&self, arguments: &Arguments) -> Result<(PathBuf, String)> {
        match &arguments.catalog {
            Some(directory) => {
                let directory = directory.canonicalize().with_context(|| directory.display().to_string())?;
                let name = directory.file_name().map_or_else(String::new, |name| name.display().to_string());
                Ok((directory, format!("the directory `{name}`")))
            }
            None => Ok((self.made(PRODUCTS)?, "1,000 products in 20 categories, made".to_owned())),
        }
    }

    /// Returns a generated catalogue of `products`.
    pub(crate) fn made(&self, products: usize) -> Result<PathBuf> {
        let directory = self.work.join(format!("catalogue-{products}"));
        catalogue::make(&directory, products)?;
        Ok(directory)
    }

    pub(crate) fn generators(&self, seconds: u32) -> Generators {
        Generators { seconds, directory: self.work.clone() }
    }

    /// Erases all data.
    pub(crate) async fn clear(&self) -> Result<()> {
        if self.store().exists() {
            Store::erase(&self.programs, &self.store()).await?;
        }
        // Postgres may have placed its data elsewhere.
        Postgres::erase(&self.work.join("twin-postgres"))?;
        if self.work.exists() {
            fs::remove_dir_all(&self.work).with_context(|| self.work.display().to_string())?;
        }
        Ok(fs::create_dir_all(&self.work)?)
    }

    /// Keeps the logs of a run that failed, and erases the rest.
    pub(crate) async fn leave<T>(&self, done: Result<T>) -> Result<T> {
        match done {
            Ok(done) => {
                self.clear().await?;
                Ok(done)
            }
            Err(error) => bail!("{error:#}\nlogs and data are in {}", self.work.display()),
        }
    }
}
