//! Roles, databases and migrations, in a real Postgres.

use sqlx::{Connection, PgConnection};

use crate::{
    cluster::{Cluster, cluster},
    shop::{job, shop},
};

/// Returns a URL of the Postgres of the shop with another user and database.
async fn url(user: &str, password: &str, database: &str) -> String {
    format!("postgresql://{user}:{password}@127.0.0.1:{}/{database}", shop().await.postgres.port())
}

/// Returns a job that creates two roles, named after the namespace of the test, with this password.
async fn making(cluster: &Cluster, password: &str) -> tokio::process::Command {
    let mut run = job(cluster, "maker").await;
    // The user of the test Postgres is a superuser.
    let admin = shop().await.bootstrap_environment()["DATABASE_URL_USER"].clone();
    run.env("POSTGRES_ADMIN_URL", admin);
    for (service, of) in [("USER", "u"), ("VERIFICATION", "v")] {
        let name = format!("{of}-{}", cluster.namespace);
        run.env(format!("DATABASE_URL_{service}"), url(&name, password, &name).await);
        run.env(format!("DATABASE_PASSWORD_{service}"), password);
    }
    run
}

#[tokio::test]
async fn databases_are_created_once_and_passwords_updated() {
    let Some(cluster) = cluster().await else { return };
    let (own, other) = (format!("u-{}", cluster.namespace), format!("v-{}", cluster.namespace));
    let ended = Cluster::ended(making(&cluster, "first-password").await).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.said.contains("; 4 new"), "{}", ended.said);
    assert!(ended.said.contains("migrations: user"), "its owner may make tables: {}", ended.said);
    // The password changes with the Secret, and the old one stops working.
    let ended = Cluster::ended(making(&cluster, "second-password").await).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.said.contains("; 0 new"), "{}", ended.said);
    assert!(PgConnection::connect(&url(&own, "second-password", &own).await).await.is_ok());
    let refused = PgConnection::connect(&url(&own, "first-password", &own).await).await.unwrap_err();
    assert!(refused.to_string().contains("password authentication failed"), "{refused}");
    let foreign = PgConnection::connect(&url(&own, "second-password", &other).await).await.unwrap_err();
    assert!(foreign.to_string().contains("permission denied for database"), "{foreign}");
    let kept = shop()
        .await
        .postgres
        .sql("template1", &format!("SELECT rolpassword FROM pg_authid WHERE rolname = '{own}'"))
        .unwrap();
    assert!(kept.starts_with("SCRAM-SHA-256$4096:"));
}

#[tokio::test]
async fn newer_migration_is_tolerated_and_changed_is_final() {
    let Some(cluster) = cluster().await else { return };
    let made = Cluster::ended(making(&cluster, "password").await).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    let database = format!("u-{}", cluster.namespace);
    let sql = async |statement: &str| shop().await.postgres.sql(&database, statement).unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (29990101000000, 'newer', true, '\\x00', 0)";
    let _answer = sql(newer).await;
    let ended = Cluster::ended(making(&cluster, "password").await).await;
    assert_eq!(ended.code, Some(0), "an older bootstrap after a rollback: {ended:?}");
    let _answer = sql("UPDATE _sqlx_migrations SET checksum = '\\x01' WHERE version = (SELECT min(version) FROM _sqlx_migrations)").await;
    let ended = Cluster::ended(making(&cluster, "password").await).await;
    assert_eq!(ended.code, Some(78), "{ended:?}");
    assert!(crate::job::status(&cluster).await["failed"].starts_with("migrations: "));
}
