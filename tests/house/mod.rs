//! The project's own rules that no other tool checks.

mod chart;
mod rooms;
mod settings;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use estore_contract::Code;
use estore_tests::project;
use serde_json::Value;

#[test]
fn crates_depend_only_on_inner_layers() {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(project())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let ours: Vec<&str> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|name| name.starts_with("estore-"))
            .collect();
        let allowed: &[&str] = match name {
            "estore-contract" | "estore-testbed" => &[],
            "estore-base" | "estore-checker" => &["estore-contract"],
            "estore-telemetry" => &["estore-contract", "estore-base"],
            "estore-stores" | "estore-client" => &["estore-contract", "estore-base", "estore-telemetry"],
            "estore-server" => {
                &["estore-contract", "estore-base", "estore-telemetry", "estore-stores", "estore-client"]
            }
            // The faults of `./dev up --demo` are those of chaos, with other hands.
            "estore-local" => {
                &["estore-contract", "estore-base", "estore-telemetry", "estore-chaos", "estore-testbed"]
            }
            "estore-tests" => &["estore-contract", "estore-testbed"],
            "estore-faults" => {
                &["estore-contract", "estore-checker", "estore-shopper", "estore-testbed", "estore-tests"]
            }
            "estore-cluster" => &[
                "estore-contract",
                "estore-checker",
                "estore-shopper",
                "estore-testbed",
                "estore-tests",
                "estore-faults",
            ],
            // The fuzz targets call the services' parsers.
            "estore-fuzz" => &[
                "estore-contract",
                "estore-base",
                "estore-telemetry",
                "estore-stores",
                "estore-server",
                "estore-inventory",
                "estore-payment",
                "estore-user",
                "estore-verification",
            ],
            // It calls the services as any client does, and has no store.
            "estore-storefront" => &[
                "estore-contract",
                "estore-base",
                "estore-telemetry",
                "estore-client",
                "estore-server",
                "estore-testbed",
            ],
            _ => &[
                "estore-contract",
                "estore-base",
                "estore-checker",
                "estore-telemetry",
                "estore-stores",
                "estore-client",
                "estore-server",
                "estore-testbed",
            ],
        };
        assert!(ours.iter().all(|other| allowed.contains(other)), "{name} depends on {ours:?}");
    }
}

#[test]
fn every_file_is_short_and_has_a_header() {
    for (path, text) in sources() {
        assert!(text.lines().count() <= 400, "{} is too long", path.display());
        assert!(text.starts_with("//!"), "{} does not say what it is", path.display());
    }
}

#[test]
fn every_documented_abuse_has_existing_tests() {
    let text = fs::read_to_string(project().join("docs/security.md")).unwrap();
    let sources = sources();
    let mut documented = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, number, .., tests, _] = cells[..] else { continue };
        let Ok(number) = number.parse::<u32>() else { continue };
        documented.push(number);
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{line}");
        for name in names {
            let function = format!("fn {name}(");
            assert!(
                sources.iter().any(|(_, text)| text.contains(&function)),
                "{number}: there is no test {name}"
            );
        }
    }
    let all: Vec<u32> = (1..=documented.len().try_into().unwrap()).collect();
    assert!(documented == all && all.len() >= 88, "{documented:?}");
}

#[test]
fn every_published_code_is_in_use() {
    let sources = sources();
    for code in Code::ALL {
        let name = format!("Code::{code:?}");
        // Not as the beginning of a longer name.
        let names =
            |text: &str| text.split(&name).skip(1).any(|rest| !rest.starts_with(char::is_alphanumeric));
        assert!(sources.iter().any(|(_, text)| names(text)), "no answer has {name}");
    }
}

#[test]
fn no_library_sorts_texts_by_locale() {
    for store in ["inventory", "payment/pay1", "payment/gw1", "limit"] {
        for entry in fs::read_dir(project().join("migrations").join(store)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            // Without a comparison function, `table.sort` compares with `<`, which is strcoll for
            // strings.
            let sorts = text.lines().filter(|line| line.contains("table.sort("));
            assert!(sorts.into_iter().all(|line| line.contains("function(")), "{}", path.display());
        }
    }
}

/// Returns every Rust source file of the project with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for root in ["crates", "services", "k8s", "tests"] {
        visit(&project().join(root), "rs", &mut found);
    }
    found
}

/// Collects the files below `directory` whose names end with `.{kind}`.
fn visit(directory: &Path, kind: &str, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, kind, found);
        } else if path.extension().is_some_and(|extension| extension == kind) {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}
