//! Rooms that keep their sign: domain is pure, and each file in routes is one endpoint.

use std::{fs, path::PathBuf};

use estore_tests::project;

use super::visit;

/// The crates without I/O, which domain may use besides std.
const PURE: [&str; 17] = [
    "base64",
    "estore_contract",
    "hex",
    "hmac",
    "icu_normalizer",
    "icu_properties",
    "jsonwebtoken",
    "minijinja",
    "proptest",
    "secrecy",
    "serde",
    "serde_json",
    "serde_json_canonicalizer",
    "sha2",
    "thiserror",
    "time",
    "uuid",
];

#[test]
fn domain_imports_only_contract_and_pure_crates() {
    let impure = impure_crates();
    assert!(impure.iter().any(|name| name == "tokio") && impure.iter().any(|name| name == "estore_server"));
    let files = files_in("domain");
    assert!(files.len() > 30, "{}", files.len());
    let mut wrong = Vec::new();
    for (path, text) in files {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let leaves = roots(line).into_iter().any(|(root, rest)| match root {
                "crate" => !rest.starts_with("domain"),
                "super" => rest.starts_with("super::") || path.ends_with("domain/mod.rs"),
                _ => impure.iter().any(|name| name == root),
            });
            if leaves {
                wrong.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "domain imports contract, std and pure crates:\n{}", wrong.join("\n"));
}

/// The dependencies of the workspace, as code names them, except those of [`PURE`].
fn impure_crates() -> Vec<String> {
    let manifest = fs::read_to_string(project().join("Cargo.toml")).unwrap();
    let (_, rest) = manifest.split_once("[workspace.dependencies]").unwrap();
    let lines = rest.lines().take_while(|line| !line.starts_with('['));
    let names =
        lines.filter_map(|line| line.split(['.', ' ', '=']).next()).map(|name| name.replace('-', "_"));
    names.filter(|name| !name.is_empty() && !PURE.contains(&name.as_str())).collect()
}

/// The first name of each path in a line, and the rest of the line after it.
fn roots(line: &str) -> Vec<(&str, &str)> {
    let root = |(at, _): (usize, &str)| {
        let (before, rest) = (&line[..at], &line[at + 2..]);
        let name = before.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next()?;
        (!before.strip_suffix(name)?.ends_with("::")).then_some((name, rest))
    };
    line.match_indices("::").filter_map(root).collect()
}

#[test]
fn route_files_hold_one_endpoint_each() {
    // The storefront's are pages, which no document describes.
    let mut files = files_in("routes");
    files.retain(|(path, _)| !path.components().any(|part| part.as_os_str() == "storefront"));
    assert!(files.len() > 70, "{}", files.len());
    let mut wrong = Vec::new();
    for (path, text) in files {
        let is_list = path.ends_with("mod.rs");
        let is_below = path.parent().is_some_and(|folder| folder.ends_with("internal"));
        let is_internal = text.contains("path = \"/internal/");
        let endpoints = text.matches("#[utoipa::path(").count();
        if endpoints != usize::from(!is_list) || (!is_list && is_internal != is_below) {
            wrong.push(format!("{}: {endpoints} endpoints", path.display()));
        }
    }
    assert!(wrong.is_empty(), "one endpoint a file, internal ones below internal/:\n{}", wrong.join("\n"));
}

/// The source files below this folder of every service.
fn files_in(room: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for service in fs::read_dir(project().join("services")).unwrap() {
        let folder = service.unwrap().path().join("src").join(room);
        if folder.is_dir() {
            visit(&folder, "rs", &mut found);
        }
    }
    found
}
