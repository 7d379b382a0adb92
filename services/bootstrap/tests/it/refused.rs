//! Refusals of a service, which `bootstrap run` reports.

use std::{fs, path::PathBuf};

use tokio::process::Command;

use crate::shop::shop;

/// Runs the job with these settings. Returns its exit code and its error.
async fn run(settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut job = Command::new(env!("CARGO_BIN_EXE_estore-bootstrap"));
    job.arg("run").envs(shop().await.bootstrap_environment()).envs(settings.iter().copied());
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
