//! Settings: whatever sets one for a program, the program declares it (docs/configuration.md, which
//! `./dev check` compares with the declarations).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use estore_tests::project;

use super::{chart::variables, sources, visit};

/// The programs, as the headings of docs/configuration.md name them.
const SERVICES: [&str; 4] = ["User", "Verification", "Inventory", "Payment"];
const WITH_DEMO: [&str; 7] =
    ["User", "Verification", "Inventory", "Payment", "Storefront", "Chaos", "Shopper"];
const BOOTSTRAP: [&str; 1] = ["Bootstrap"];
const STORES: [&str; 3] = ["Inventory", "Payment", "Bootstrap"];
const ALL: [&str; 5] = ["User", "Verification", "Inventory", "Payment", "Bootstrap"];

/// The places in the chart that set variables, and the programs that get them. Containers of other
/// programs have none.
const PLACES: [(&str, &[&str]); 32] = [
    ("estore.commonEnv", &WITH_DEMO),
    ("estore.apiEnv", &SERVICES),
    ("estore.storefrontEnv", &["Storefront"]),
    ("estore.engineEnv", &["Storefront"]),
    ("estore.chaosEnv", &["Chaos"]),
    ("estore.shopperEnv", &["Shopper"]),
    ("estore.serviceEnv user", &["User"]),
    ("estore.serviceEnv verification", &["Verification"]),
    ("estore.serviceEnv inventory", &["Inventory"]),
    ("estore.serviceEnv payment", &["Payment"]),
    ("estore.redisEnv", &STORES),
    ("estore.databaseEnv", &["User", "Verification"]),
    ("estore.databaseEnv _USER", &BOOTSTRAP),
    ("estore.databaseEnv _VERIFICATION", &BOOTSTRAP),
    ("estore.replicaEnv", &["User", "Verification"]),
    ("estore.peerEnv", &ALL),
    ("estore.secretsEnv", &BOOTSTRAP),
    ("estore.bootstrapEnv", &BOOTSTRAP),
    ("estore.runEnv", &BOOTSTRAP),
    ("operator.yaml", &BOOTSTRAP),
    ("archive.yaml", &BOOTSTRAP),
    ("audit.yaml", &BOOTSTRAP),
    ("release.yaml", &BOOTSTRAP),
    ("estore.backupContainer", &[]),
    ("backup.yaml", &[]),
    ("restore.yaml", &[]),
    ("redis.yaml", &[]),
    ("postgres.yaml", &[]),
    ("prometheus.yaml", &[]),
    ("grafana.yaml", &[]),
    ("traces.yaml", &[]),
    ("order.yaml", &[]),
];

/// Names in documents that are no settings of ours, and the beginnings of more.
const OTHERS: [&str; 12] = [
    "BACKUP_",
    "E2E_",
    "FCALL_RO",
    "LC_COLLATE",
    "MAIL_TOKEN",
    "MIMALLOC_",
    "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_SERVICE_NAME",
    "SCHED_IDLE",
    "SSL_CERT_FILE",
    "X_FILE",
];

/// The settings of docs/configuration.md, with the headings above each.
struct Declared(BTreeMap<String, BTreeSet<String>>);

impl Declared {
    fn read() -> Self {
        let page = fs::read_to_string(project().join("docs/configuration.md")).unwrap();
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for part in page.split("\n## ").skip(1) {
            let (title, rows) = part.split_once('\n').unwrap();
            for name in rows.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()) {
                found.entry(name.to_owned()).or_default().insert(title.to_owned());
            }
        }
        assert!(found.len() > 90, "{found:?}");
        Self(found)
    }

    /// Returns true if `program` declares `variable`.
    fn reads(&self, program: &str, variable: &str) -> bool {
        let titles = self.0.get(plain(variable));
        titles.is_some_and(|titles| {
            titles.contains(program)
                || SERVICES.contains(&program)
                    && titles.iter().any(|title| title.starts_with("Every service"))
        })
    }

    /// Returns true if any program declares `variable`.
    fn has(&self, variable: &str) -> bool {
        self.0.contains_key(plain(variable)) || OTHERS.iter().any(|other| variable.starts_with(other))
    }

    /// Returns the variables of a template that their program does not declare.
    fn undeclared(&self, file: &str, text: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        for (place, variable) in variables(file, text) {
            let programs = PLACES.iter().find(|(known, _)| *known == place).map(|(_, programs)| *programs);
            let programs = programs
                .unwrap_or_else(|| panic!("say in tests/house/settings.rs who gets {variable} of {place}"));
            let unread = programs.iter().filter(|program| !self.reads(program, &variable));
            wrong.extend(unread.map(|program| format!("{place}: {variable} of {program}")));
        }
        wrong
    }
}

fn plain(variable: &str) -> &str {
    variable.strip_suffix("_FILE").unwrap_or(variable)
}

/// Returns every template of the chart: its file name and its text.
fn templates() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for kind in ["tpl", "yaml"] {
        visit(&project().join("charts/estore/templates"), kind, &mut files);
    }
    let name = |path: std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files.into_iter().map(|(path, text)| (name(path), text)).collect()
}

#[test]
fn chart_sets_only_declared_settings() {
    let declared = Declared::read();
    let templates = templates();
    let seen: usize = templates.iter().map(|(file, text)| variables(file, text).len()).sum();
    assert!(seen > 90, "{seen}");
    let wrong: Vec<String> =
        templates.iter().flat_map(|(file, text)| declared.undeclared(file, text)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn planted_name_in_the_chart_is_found() {
    let declared = Declared::read();
    for (from, to, wrong) in [
        ("SESSION_SECONDS", "SESION_SECONDS", "estore.serviceEnv user: SESION_SECONDS of User"),
        ("MAIL_FROM", "CARD_KEYS_FILE", "estore.serviceEnv verification: CARD_KEYS_FILE of Verification"),
        ("LEASE_SECONDS", "SWEEP_SECONDS", "estore.serviceEnv payment: SWEEP_SECONDS of Payment"),
        ("DEMO", "CORS_ALLOWED_ORIGINS", "estore.storefrontEnv: CORS_ALLOWED_ORIGINS of Storefront"),
    ] {
        let found: Vec<String> = templates()
            .iter()
            .flat_map(|(file, text)| {
                declared.undeclared(file, &text.replace(&format!("name: {from},"), &format!("name: {to},")))
            })
            .collect();
        assert_eq!(found, [wrong]);
    }
}

#[test]
fn other_places_set_only_declared_settings() {
    let declared = Declared::read();
    let image = fs::read_to_string(project().join("Dockerfile")).unwrap();
    let image = image.lines().filter_map(|line| line.strip_prefix("ENV ")).flat_map(str::split_whitespace);
    let image: Vec<&str> = image.filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
    assert!(!image.is_empty());
    let shop = fs::read_to_string(project().join("crates/testbed/src/shop/environment.rs")).unwrap();
    let shop: Vec<&str> = shop.split('"').skip(1).step_by(2).filter(|word| is_variable(word)).collect();
    assert!(shop.len() > 30, "{shop:?}");
    for name in image.iter().chain(&shop) {
        assert!(declared.has(name), "no program declares {name}");
    }
}

#[test]
fn documents_name_only_declared_settings() {
    let declared = Declared::read();
    let mut files = Vec::new();
    visit(&project().join("docs"), "md", &mut files);
    let readme = project().join("README.md");
    files.push((readme.clone(), fs::read_to_string(readme).unwrap()));
    let mut seen = 0;
    for (path, text) in &files {
        let code = text.split('`').skip(1).step_by(2);
        for name in code.map(|code| code.split('=').next().unwrap()).filter(|name| is_variable(name)) {
            seen += 1;
            assert!(declared.has(name), "{}: no program declares {name}", path.display());
        }
    }
    assert!(seen > 150, "{seen}");
}

/// Returns true for upper-case words with underscores between them.
fn is_variable(word: &str) -> bool {
    let is_letter = |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == b'_';
    word.contains('_') && !word.ends_with('_') && word.bytes().all(is_letter)
}

#[test]
fn every_declaration_is_documented() {
    let declared = Declared::read();
    let mut seen = 0;
    for (path, text) in sources() {
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let within = path.strip_prefix(project()).unwrap();
        if within.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        for call in text.split("Setting::").skip(1) {
            let Some((_, arguments)) = call.split_once('(') else { continue };
            let Some(name) = arguments.trim_start().strip_prefix('"') else { continue };
            let name = name.split('"').next().unwrap();
            seen += 1;
            assert!(declared.0.contains_key(name), "{}: {name} is in no list", path.display());
        }
    }
    assert!(seen > 70, "{seen}");
}
