//! Long runs that are published: one line of JSON each in docs/faults.jsonl, and the table of
//! docs/faults.md that is made of them.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The comments around the table in the page.
const MARKERS: [&str; 2] = ["<!-- runs: ./dev faults table -->\n", "<!-- end of runs -->"];
const HEAD: &str = "\
| date | commit | place | hours | seed | faults | operations | orders | violations |
| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
";

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The day on which it began, such as `2026-11-30`.
    pub date: String,
    /// The commit of the programs.
    pub commit: String,
    /// The environment that the shop ran in.
    pub place: Place,
    /// Its duration.
    pub hours: f64,
    /// The seed of its random choices.
    pub seed: u64,
    /// Faults that were injected.
    pub faults: u64,
    /// Operations of customers and admins.
    pub operations: u64,
    /// The orders among them.
    pub orders: u64,
    /// Violations of an equation or of a promise about time.
    pub violations: u64,
    /// Groups of faults that could not be run to their end.
    #[serde(default)]
    pub broken_off: u64,
}

/// The environment that a shop runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Processes of one machine (`./dev faults`).
    Processes,
    /// Pods of a Kubernetes cluster (the timetable of `chaos`).
    Cluster,
}

impl Run {
    /// Appends the run's line to an open file.
    pub fn append(&self, file: &mut File) -> Result<()> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        file.write_all(&line).context("the record of the run")
    }

    fn row(&self) -> String {
        let place = match self.place {
            Place::Processes => "processes",
            Place::Cluster => "cluster",
        };
        let violations = match self.broken_off {
            0 => self.violations.to_string(),
            some => format!("{}, and {some} groups broken off", self.violations),
        };
        format!(
            "| {} | `{}` | {place} | {:.1} | {} | {} | {} | {} | {violations} |\n",
            self.date,
            self.commit,
            self.hours,
            self.seed,
            grouped(self.faults),
            grouped(self.operations),
            grouped(self.orders),
        )
    }
}

/// Opens a record to append runs to it.
pub fn open(path: &Path) -> Result<File> {
    let file = File::options().create(true).append(true).open(path);
    file.with_context(|| path.display().to_string())
}

/// Reads the lines of a record. Each must be a run.
pub fn read(path: &Path) -> Result<Vec<Run>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    text.lines()
        .enumerate()
        .map(|(at, line)| {
            serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), at + 1))
        })
        .collect()
}

/// Returns the page with the table of these runs between its markers.
pub fn page_with(page: &str, runs: &[Run]) -> Result<String> {
    let [begin, end] = MARKERS;
    let (before, rest) = page.split_once(begin).with_context(|| format!("the page has no {begin}"))?;
    let (_, after) = rest.split_once(end).with_context(|| format!("the page has no {end}"))?;
    Ok(format!("{before}{begin}\n{}\n{end}{after}", table(runs)))
}

/// Returns the table, the newest run first.
fn table(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "No run is recorded yet.\n".to_owned();
    }
    let mut table = HEAD.to_owned();
    table.extend(runs.iter().rev().map(Run::row));
    table
}

/// Returns a number with a comma before every three digits.
fn grouped(number: u64) -> String {
    if number < 1000 {
        return number.to_string();
    }
    let mut text = grouped(number / 1000);
    // Writing to a string cannot fail.
    let _written = write!(text, ",{:03}", number % 1000);
    text
}

#[cfg(test)]
mod tests {
    use estore_tests::project;

    use super::*;

    fn run() -> Run {
        Run {
            date: "2026-11-30".to_owned(),
            commit: "0123456789ab".to_owned(),
            place: Place::Processes,
            hours: 2.04,
            seed: 17,
            faults: 345,
            operations: 1_234_567,
            orders: 98_001,
            violations: 0,
            broken_off: 0,
        }
    }

    #[test]
    fn published_table_is_that_of_the_record() {
        let page = fs::read_to_string(project().join("docs/faults.md")).unwrap();
        let runs = read(&project().join("docs/faults.jsonl")).unwrap();
        assert_eq!(page_with(&page, &runs).unwrap(), page, "run ./dev faults table");
    }

    #[test]
    fn newest_run_is_the_first_row() {
        let later = Run { seed: 18, place: Place::Cluster, ..run() };
        let page = page_with(&format!("a\n{}old\n{}\nz\n", MARKERS[0], MARKERS[1]), &[run(), later]).unwrap();
        assert!(page.starts_with("a\n") && page.ends_with("\nz\n") && !page.contains("old"), "{page}");
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| 2026")).collect();
        assert_eq!(
            rows,
            [
                "| 2026-11-30 | `0123456789ab` | cluster | 2.0 | 18 | 345 | 1,234,567 | 98,001 | 0 |",
                "| 2026-11-30 | `0123456789ab` | processes | 2.0 | 17 | 345 | 1,234,567 | 98,001 | 0 |",
            ]
        );
    }

    #[test]
    fn table_shows_groups_that_were_broken_off() {
        let broken = Run { violations: 1, broken_off: 2, ..run() };
        assert!(table(&[broken]).ends_with("| 1, and 2 groups broken off |\n"));
    }

    #[test]
    fn page_without_markers_is_refused() {
        assert!(page_with("a page", &[run()]).is_err());
    }

    #[test]
    fn appended_runs_are_read_in_order() {
        let path = std::env::temp_dir().join(format!("estore-runs-{}.jsonl", std::process::id()));
        let mut file = File::create(&path).unwrap();
        let runs = [run(), Run { place: Place::Cluster, ..run() }];
        for run in &runs {
            run.append(&mut file).unwrap();
        }
        assert_eq!(read(&path).unwrap(), runs);
        file.write_all(b"{\"date\": 1}\n").unwrap();
        assert!(format!("{:#}", read(&path).unwrap_err()).contains(":3"));
        fs::remove_file(path).unwrap();
    }
}
