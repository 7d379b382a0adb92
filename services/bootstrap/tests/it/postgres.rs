//! A Postgres of a test's own, and what waits in it.

use std::{path::PathBuf, time::Duration};

use estore_testbed::Postgres;
use sqlx::{PgConnection, query_scalar};
use tokio::{task::yield_now, time::timeout};

/// Returns the directory of a test.
pub(crate) fn directory(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Starts an empty server in the directory of a test.
pub(crate) async fn start(name: &str) -> Postgres {
    let directory = directory(name);
    if directory.exists() {
        Postgres::erase(&directory).unwrap();
    }
    Postgres::start(&directory, false, None).await.unwrap()
}

/// Waits until the answer to `whether` is yes.
pub(crate) async fn until(whether: &'static str, db: &mut PgConnection) {
    let yes = async {
        while !query_scalar::<_, bool>(whether).fetch_one(&mut *db).await.unwrap() {
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), yes).await.unwrap();
}
