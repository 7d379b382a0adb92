//! Writes the dashboards as Grafana's JSON: `estore-dashboards DIRECTORY`. Writes the queries of
//! the storefront's engine room: `estore-dashboards --queries FILE`.

use std::{
    env, fs,
    io::{self, Error},
    path::{Path, PathBuf},
};

use serde_json::Value;

fn main() -> io::Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    match arguments.as_slice() {
        [flag, file] if flag.as_os_str() == "--queries" => {
            let queries = estore_dashboards::queries(&estore_dashboards::all()).map_err(Error::other)?;
            write(file, &queries)
        }
        [directory] => {
            fs::create_dir_all(directory)?;
            for dashboard in estore_dashboards::all() {
                write(&directory.join(format!("{}.json", dashboard.name)), &dashboard.json())?;
            }
            Ok(())
        }
        _ => Err(Error::other("usage: estore-dashboards DIRECTORY, or estore-dashboards --queries FILE")),
    }
}

fn write(file: &Path, content: &Value) -> io::Result<()> {
    fs::write(file, serde_json::to_string_pretty(content).map_err(Error::other)? + "\n")
}
