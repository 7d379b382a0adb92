//! The check of all equations after a fault.

use std::{fs, path::PathBuf};

use anyhow::Result;
use estore_shopper::load;
use estore_testbed::ServiceName;
use estore_tests::Answer;

use super::Stand;
use crate::{
    checker::{Canary, CheckOptions, Findings, When, examine, scan},
    stores,
};

impl Stand {
    /// Reads all stores and checks all equations. Returns the findings, and the errors in emails.
    pub async fn check(&self, faults_ended_ms: u64) -> Result<(Findings, Vec<String>)> {
        let snapshot = stores::read(&self.shop.redis.observe(0), &self.shop.redis.observe(1)).await?;
        let options = CheckOptions {
            hot: self.hot.clone(),
            faults_ended_ms: Some(faults_ended_ms),
            ..CheckOptions::default()
        };
        let mut found = examine(&snapshot, &self.history.ops(), When::Quiet, &options);
        found.violations.extend(scan(&self.outputs().await?, &self.canaries()));
        Ok((found, self.wrong_mails(&snapshot).await?))
    }

    /// Returns the files that the shop writes: logs, append-only files, metrics.
    async fn outputs(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for name in ServiceName::ALL {
            let environment = self.shop.environment(name);
            let port = environment.get("MANAGEMENT_PORT").map_or("", String::as_str);
            let metrics = self.access.http.get(format!("http://127.0.0.1:{port}/metrics"));
            let file = self.shop.directory().join(format!("{name}.metrics"));
            fs::write(&file, Answer::try_of(metrics).await?.text)?;
            files.push(file);
        }
        let redis = self.shop.redis.directory();
        for directory in [self.shop.directory().clone(), redis.to_owned(), redis.join("appendonlydir")] {
            for entry in fs::read_dir(directory)? {
                let path = entry?.path();
                let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
                if path.is_file() && matches!(kind, "log" | "aof" | "rdb") {
                    files.push(path);
                }
            }
        }
        Ok(files)
    }

    /// Returns the texts that none of these files may contain.
    fn canaries(&self) -> Vec<Canary> {
        let user = self.shop.environment(ServiceName::User);
        let mut canaries = vec![canary("card number", load::CARD), canary("password", load::PASSWORD)];
        // A card's data as received would contain this name; its value is too short to search for.
        canaries.push(canary("the code on a card", "\"cvc\""));
        canaries
            .extend(self.buyers.iter().map(|buyer| canary("refresh token", buyer.refresh_token().expose())));
        canaries.extend(user.get("JWT_SECRET").map(|secret| canary("JWT_SECRET", secret)));
        canaries
    }
}

fn canary(name: &str, value: &str) -> Canary {
    Canary { name: name.to_owned(), value: value.to_owned() }
}
