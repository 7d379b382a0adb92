//! Writes the dashboards as Grafana's JSON: `estore-dashboards DIRECTORY`.

use std::{
    env, fs,
    io::{self, Error},
    path::PathBuf,
};

fn main() -> io::Result<()> {
    let Some(directory) = env::args_os().nth(1).map(PathBuf::from) else {
        return Err(Error::other("usage: estore-dashboards DIRECTORY"));
    };
    fs::create_dir_all(&directory)?;
    for dashboard in estore_dashboards::all() {
        let text = serde_json::to_string_pretty(&dashboard.json()).map_err(Error::other)?;
        fs::write(directory.join(format!("{}.json", dashboard.name)), text + "\n")?;
    }
    Ok(())
}
