//! The command line.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand, ValueEnum};

use crate::paths::Path;

/// The directory of the published document.
pub(crate) const DOCUMENTS: &str = "docs";

/// Sizes of the published growth.
const PRODUCTS: [usize; 3] = [1_000, 10_000, 100_000];
const ORDERS: u64 = 1_000_000;

/// Measures the store beside a twin in `FastAPI` and a bare floor, and writes docs/performance.md.
#[derive(Debug, Parser)]
#[command(name = "./dev bench", args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    /// Measure one path in three rounds, and fail if a ratio is a third off docs/performance.json.
    #[arg(long, conflicts_with_all = ["grow", "store"])]
    pub(crate) short: bool,
    /// Measure the store alone as the catalogue, the orders in it, or both grow.
    #[arg(long, value_name = "PART", num_args = 0..=1, require_equals = true, default_missing_value = "both", conflicts_with = "store")]
    pub(crate) grow: Option<Growth>,
    /// Rounds, in which the systems take turns.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// Seconds of each run.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub(crate) seconds: u32,
    /// The paths to measure.
    #[arg(long, value_delimiter = ',', default_values_t = Path::COMPARED)]
    pub(crate) paths: Vec<Path>,
    /// Accept invalid runs as they are, as on a busy machine, and publish nothing.
    #[arg(long, conflicts_with_all = ["out", "short", "grow"])]
    pub(crate) trial: bool,
    /// Leave out the curves of latency by rate.
    #[arg(long)]
    pub(crate) no_curves: bool,
    /// A catalogue (the form of the directory `catalog`) instead of a generated one of 1,000
    /// products.
    #[arg(long, value_name = "DIR")]
    pub(crate) catalog: Option<PathBuf>,
    /// A running store: its User, Inventory and Payment Services.
    #[arg(long, value_name = "URL,URL,URL", value_parser = ports)]
    pub(crate) store: Option<[u16; 3]>,
    /// Sizes of the catalogue as it grows.
    #[arg(long, value_delimiter = ',', default_values_t = PRODUCTS)]
    pub(crate) products: Vec<usize>,
    /// Orders in the store at the end of its growth.
    #[arg(long, default_value_t = ORDERS)]
    pub(crate) orders: u64,
    /// The number of minutes after which growth begins nothing new.
    #[arg(long, default_value_t = 120)]
    pub(crate) minutes: u64,
    /// The directory of the store's programs.
    #[arg(long, value_name = "DIR", env = "BENCH_BIN")]
    pub(crate) bin: Option<PathBuf>,
    /// The interpreter of a venv with tests/bench/fastapi/requirements.txt.
    #[arg(long, value_name = "FILE", env = "BENCH_PYTHON", default_value = "target/bench/venv/bin/python")]
    pub(crate) python: PathBuf,
    /// The date for the document.
    #[arg(long, env = "BENCH_DATE", default_value = "no date given")]
    pub(crate) date: String,
    /// The directory for data and logs, on the disk to measure.
    #[arg(long, value_name = "DIR", env = "BENCH_DIR", default_value = "target/bench")]
    pub(crate) dir: PathBuf,
    /// The directory for performance.md, performance.json and performance/*.svg: docs for a whole
    /// measurement, and otherwise `out` below --dir.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) part: Option<Part>,
}

impl Arguments {
    /// Returns the directory for results. A partial measurement is published only if `--out` asks
    /// for it.
    pub(crate) fn out(&self, is_whole: bool) -> PathBuf {
        let usual = || if is_whole { PathBuf::from(DOCUMENTS) } else { self.dir.join("out") };
        self.out.clone().unwrap_or_else(usual)
    }

    /// Returns true if a comparison has every path, on the usual catalogue, in enough rounds.
    pub(crate) fn is_whole_comparison(&self) -> bool {
        let all = Path::COMPARED.iter().all(|path| self.paths.contains(path));
        let usual = self.catalog.is_none() && self.store.is_none() && !self.trial;
        all && usual && !self.no_curves && self.rounds >= 5 && self.seconds >= 4
    }

    pub(crate) fn has_usual_products(&self) -> bool {
        self.products == PRODUCTS && self.seconds >= 4
    }

    pub(crate) fn has_usual_orders(&self) -> bool {
        self.orders >= ORDERS && self.catalog.is_none() && self.seconds >= 4
    }
}

/// The parts of a growth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Growth {
    Catalogue,
    Orders,
    Both,
}

/// Programs that the measurement itself starts, and tools.
#[derive(Debug, Subcommand)]
pub(crate) enum Part {
    /// Generates a catalogue.
    Catalogue { directory: PathBuf, products: usize },
    /// Writes a document again from its performance.json.
    Render {
        #[arg(default_value = DOCUMENTS)]
        directory: PathBuf,
    },
    /// The floor.
    #[command(hide = true)]
    Floor { redis: String, port: u16, peer: Option<u16> },
    /// The open-model generator; it reads its plan from stdin.
    #[command(hide = true)]
    Pace { rate: f64, seconds: u32, connections: u16 },
}

/// Parses three addresses of this machine.
fn ports(text: &str) -> Result<[u16; 3]> {
    let port = |url: &str| {
        let local = ["http://127.0.0.1:", "http://localhost:"];
        let port = local.iter().find_map(|begin| url.strip_prefix(begin));
        let port = port.with_context(|| format!("{url} must begin with http://127.0.0.1:"))?;
        port.trim_end_matches('/').parse().with_context(|| format!("{url} must end with a port"))
    };
    let all = text.split(',').map(port).collect::<Result<Vec<u16>>>()?;
    ensure!(all.len() == 3, "three addresses are needed: of User, Inventory and Payment");
    all.try_into().ok().context("three addresses")
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(["bench"].into_iter().chain(words.split_whitespace()))
    }

    #[test]
    fn defaults_measure_every_path() {
        let arguments = parse("").unwrap();
        assert_eq!((arguments.rounds, arguments.seconds, arguments.short), (5, 4, false));
        assert_eq!((arguments.paths, arguments.grow), (Path::COMPARED.to_vec(), None));
    }

    #[test]
    fn options_are_read() {
        let arguments = parse("--rounds 3 --seconds 2 --paths product,order --catalog mine").unwrap();
        assert_eq!((arguments.rounds, arguments.seconds), (3, 2));
        assert_eq!(arguments.paths, [Path::Product, Path::Order]);
        assert_eq!(arguments.catalog, Some(PathBuf::from("mine")));
        assert_eq!(parse("--grow").unwrap().grow, Some(Growth::Both));
        let arguments = parse("--grow=orders --orders 5000 --minutes 3").unwrap();
        assert_eq!((arguments.grow, arguments.orders, arguments.minutes), (Some(Growth::Orders), 5000, 3));
    }

    #[test]
    fn store_is_three_local_addresses() {
        let local = "--store http://127.0.0.1:8002,http://localhost:8001/,http://127.0.0.1:8000";
        assert_eq!(parse(local).unwrap().store, Some([8002, 8001, 8000]));
        for wrong in
            ["--store http://127.0.0.1:1", "--store http://a.example:1,http://b.example:1,http://c.example:1"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn parts_are_not_published() {
        let out = |words: &str| {
            let arguments = parse(words).unwrap();
            arguments.out(arguments.is_whole_comparison())
        };
        assert_eq!([out(""), out("--rounds 9")], ["docs", "docs"].map(PathBuf::from));
        for part in
            ["--paths product", "--rounds 2", "--seconds 1", "--catalog catalog", "--no-curves", "--trial"]
        {
            assert_eq!(out(part), PathBuf::from("target/bench/out"), "{part}");
        }
        assert_eq!(out("--rounds 2 --out here"), PathBuf::from("here"));
    }

    #[test]
    fn nonsense_is_refused() {
        for wrong in [
            "--paths search",
            "--paths nothing",
            "--rounds 0",
            "--short --grow",
            "--trial --out docs",
            "--grow=users",
            "more",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
