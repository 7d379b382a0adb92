//! The house's own rules, where no other tool keeps them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use estore_tests::project;
use serde_json::Value;

#[test]
fn services_depend_on_the_contract_and_the_kit_and_never_on_each_other() {
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
            "estore-contract" | "estore-stage" => &[],
            "estore-kit" => &["estore-contract"],
            "estore-local" => &["estore-stage"],
            "estore-tests" => &["estore-contract", "estore-stage"],
            "estore-faults" => &["estore-contract", "estore-stage", "estore-tests"],
            "estore-cluster" => &["estore-contract", "estore-stage", "estore-tests", "estore-faults"],
            // It is about what the services read.
            "estore-fuzz" => &[
                "estore-contract",
                "estore-kit",
                "estore-inventory",
                "estore-payment",
                "estore-user",
                "estore-verification",
            ],
            _ => &["estore-contract", "estore-kit", "estore-stage"],
        };
        assert!(ours.iter().all(|other| allowed.contains(other)), "{name} depends on {ours:?}");
    }
}

#[test]
fn no_file_is_longer_than_four_hundred_lines_and_every_one_says_what_it_is() {
    for (path, text) in sources() {
        assert!(text.lines().count() <= 400, "{} is too long", path.display());
        assert!(text.starts_with("//!"), "{} does not say what it is", path.display());
    }
}

#[test]
fn every_abuse_that_is_documented_has_tests_that_exist() {
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
fn no_library_sorts_texts_by_language() {
    for store in ["inventory", "payment/pay1", "payment/gw1", "limit"] {
        for entry in fs::read_dir(project().join("migrations").join(store)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            // Without a function of its own, `table.sort` compares with `<`, which is strcoll for texts.
            let sorts = text.lines().filter(|line| line.contains("table.sort("));
            assert!(sorts.into_iter().all(|line| line.contains("function(")), "{}", path.display());
        }
    }
}

/// Every source file of ours, with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for root in ["crates", "services", "k8s", "tests"] {
        visit(&project().join(root), &mut found);
    }
    found
}

fn visit(directory: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}
