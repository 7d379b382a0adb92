//! Compares the migrations in the program with the files.

use std::path::Path;

use estore_verification::MIGRATOR;
use sqlx::migrate::Migrator;

#[tokio::test]
async fn compiled_migrations_are_those_of_the_directory() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/verification");
    let files = Migrator::new(files).await.unwrap();
    let of = |migrator: &Migrator| -> Vec<_> {
        let each = migrator.iter();
        each.map(|one| (one.version, one.description.clone(), one.checksum.clone(), one.no_tx)).collect()
    };
    assert_eq!(of(&MIGRATOR), of(&files));
}
