//! The machine and the versions behind the figures.

use std::{fs, path::Path, process::Command, thread::available_parallelism};

use anyhow::{Context, Result};
use estore_testbed::installed;
use serde::{Deserialize, Serialize};

/// The facts without which figures of two runs cannot be compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) date: String,
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) memory: String,
    pub(crate) kernel: String,
    pub(crate) versions: Vec<String>,
}

/// Gathers the facts; `python` is the interpreter of the twin, if it takes part.
pub(crate) fn facts(date: &str, python: Option<&Path>) -> Result<Facts> {
    let mut versions = vec![
        version(Path::new("rustc"))?,
        version(&installed(&["redis-server", "valkey-server"])?)?,
        version(&installed(&["postgres"])?)?,
    ];
    versions.extend(python.map(version).transpose()?);
    versions.push(wrk()?);
    Ok(Facts {
        date: date.to_owned(),
        cpu: line("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
        cores: available_parallelism()?.get(),
        memory: line("/proc/meminfo", "MemTotal").and_then(|total| mebibytes(&total)).unwrap_or_default(),
        kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
        versions,
    })
}

/// Returns the value of the first line `<name> : <value>` of a file.
fn line(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn mebibytes(total: &str) -> Option<String> {
    let kibibytes: u64 = total.strip_suffix(" kB")?.parse().ok()?;
    Some(format!("{} MiB", kibibytes >> 10))
}

fn version(program: &Path) -> Result<String> {
    let output = Command::new(program).arg("--version").output();
    let output = output.with_context(|| program.display().to_string())?;
    Ok(short(&String::from_utf8_lossy(&output.stdout)))
}

/// Returns wrk's version. wrk has no option for it: it precedes the usage text.
fn wrk() -> Result<String> {
    let output = Command::new(installed(&["wrk"])?).arg("-v").output()?;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Ok(said.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

/// Returns the first line without the details of the build.
fn short(said: &str) -> String {
    let line = said.lines().next().unwrap_or_default().replace(" (PostgreSQL)", "");
    let end = line.find(" (").or_else(|| line.find(" sha=")).unwrap_or(line.len());
    line.get(..end).unwrap_or(&line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_leave_out_the_build() {
        assert_eq!(short("rustc 1.95.0 (abc 2026-01-01)\n"), "rustc 1.95.0");
        assert_eq!(short("Redis server v=7.0.15 sha=0:0 malloc=jemalloc"), "Redis server v=7.0.15");
        assert_eq!(short("postgres (PostgreSQL) 15.9 (Debian 15.9-1)"), "postgres 15.9");
        assert_eq!(short("Python 3.11.7"), "Python 3.11.7");
        assert_eq!(mebibytes("2048 kB").as_deref(), Some("2 MiB"));
    }
}
