//! Refusals of a service, which `bootstrap run` reports, and other failures that no retry can fix.

use std::{fs, path::PathBuf};

use tokio::process::Command;

use crate::shop::shop;

/// Runs the job with these settings. Returns its exit code and its error.
async fn run(settings: &[(&str, &str)]) -> (Option<i32>, String) {
    run_as("run", settings).await
}

/// Does the same with another command.
async fn run_as(command: &str, settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut job = Command::new(env!("CARGO_BIN_EXE_estore-bootstrap"));
    job.arg(command).envs(shop().await.bootstrap_environment()).envs(settings.iter().copied());
    let ended = job.output().await.unwrap();
    (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
}

#[tokio::test]
async fn refused_line_of_a_catalogue_is_named() {
    let mount = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("refused");
    fs::create_dir_all(&mount).unwrap();
    fs::write(mount.join("categories.yaml"), "- {slug: refused, name: Refused}\n").unwrap();
    let catalog = mount.to_str().unwrap();
    for (product, expected) in [
        ("REFUSED-2, category: refusd, stock: 1", "product REFUSED-2: category is not a category"),
        ("REFUSED-3, category: refused, stock: 1000001", "product REFUSED-3: stock must be at most 1000000"),
    ] {
        let one = |rest: &str| {
            format!("- {{name: R, description: R., price: {{amount: 1, currency: USD}}, sku: {rest}}}\n")
        };
        let list = one("REFUSED-1, category: refused, stock: 1") + &one(product);
        fs::write(mount.join("things.yaml"), list).unwrap();
        let (code, error) = run(&[("CATALOG_DIR", catalog)]).await;
        assert!(code == Some(78) && error.contains(expected), "{code:?} {error}");
    }
    fs::remove_dir_all(&mount).unwrap();
}

#[tokio::test]
async fn refused_admin_password_is_explained() {
    let (code, error) = run(&[("ADMIN_EMAIL", "refused@example.com"), ("ADMIN_PASSWORD", "short")]).await;
    assert!(code == Some(78) && error.contains("admin account: password "), "{code:?} {error}");
}

#[tokio::test]
async fn no_retry_helps_a_stale_store() {
    for command in ["run", "raise-epoch"] {
        // This database is empty, so it is older than Postgres.
        let (code, error) = run_as(command, &[("REDIS_DB_PAYMENT", "5")]).await;
        assert!(code == Some(78) && error.contains("the store is stale"), "{command}: {code:?} {error}");
    }
}

#[tokio::test]
async fn no_retry_helps_a_damaged_archive() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("damaged");
    fs::create_dir_all(&directory).unwrap();
    let name = "orders-20261201T000000.000Z.jsonl";
    fs::write(directory.join(format!("{name}.sha256")), format!("0  {name}\n")).unwrap();
    for (content, expected) in [("", "does not match its checksum"), ("{\n", name)] {
        fs::write(directory.join(name), content).unwrap();
        let (code, error) = run_as("archive", &[("ARCHIVE_DIR", directory.to_str().unwrap())]).await;
        assert!(code == Some(78) && error.contains(expected), "{code:?} {error}");
    }
    fs::remove_dir_all(&directory).unwrap();
}
