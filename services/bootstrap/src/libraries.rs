//! The Redis function libraries.

use ::redis::{RedisError, cmd};
use anyhow::Context;
use estore_base::config::Env;
use estore_stores::redis::{self, Redis};
use sqlx::{Connection, query};

use crate::{patience::until_done, stores};

/// A library: its name, its version, its code.
pub struct Library {
    /// The name, which contains the contract number.
    pub name: &'static str,
    /// The version that `<name>_version` returns.
    pub version: i64,
    /// The Lua code.
    pub code: &'static str,
}

/// Every library in this binary.
pub const LIBRARIES: [Library; 4] = [
    Library {
        name: "inv1",
        version: 12,
        code: concat!(
            include_str!("../../../migrations/inventory/10_head.lua"),
            include_str!("../../../migrations/inventory/10_shared.lua"),
            include_str!("../../../migrations/inventory/11_stock.lua"),
            include_str!("../../../migrations/inventory/20_reservations.lua"),
            include_str!("../../../migrations/inventory/30_catalog.lua"),
            include_str!("../../../migrations/inventory/35_folding.lua"),
            include_str!("../../../migrations/inventory/40_list.lua"),
            include_str!("../../../migrations/inventory/50_images.lua"),
            include_str!("../../../migrations/inventory/60_archive.lua"),
            include_str!("../../../migrations/inventory/70_survey.lua"),
        ),
    },
    Library {
        name: "pay1",
        version: 14,
        code: concat!(
            include_str!("../../../migrations/payment/pay1/10_head.lua"),
            include_str!("../../../migrations/payment/pay1/10_shared.lua"),
            include_str!("../../../migrations/payment/pay1/11_orders.lua"),
            include_str!("../../../migrations/payment/pay1/12_views.lua"),
            include_str!("../../../migrations/payment/pay1/15_personal.lua"),
            include_str!("../../../migrations/payment/pay1/20_orders.lua"),
            include_str!("../../../migrations/payment/pay1/22_search.lua"),
            include_str!("../../../migrations/payment/pay1/25_refunds.lua"),
            include_str!("../../../migrations/payment/pay1/30_methods.lua"),
            include_str!("../../../migrations/payment/pay1/40_mail.lua"),
            include_str!("../../../migrations/payment/pay1/45_survey.lua"),
            include_str!("../../../migrations/payment/pay1/46_audit.lua"),
            include_str!("../../../migrations/payment/pay1/50_reconcile.lua"),
            include_str!("../../../migrations/payment/pay1/70_restore.lua"),
            include_str!("../../../migrations/payment/pay1/80_archive.lua"),
            include_str!("../../../migrations/payment/pay1/90_close.lua"),
        ),
    },
    Library { name: "gw1", version: 4, code: include_str!("../../../migrations/payment/gw1/10_sandbox.lua") },
    Library { name: "lim1", version: 1, code: include_str!("../../../migrations/limit/10_buckets.lua") },
];

/// The advisory lock in Postgres that serializes the loading of libraries. Otherwise a job of an
/// older version could read a version, and replace the newer library that another job loads then.
const LOCK: i64 = 0x00E5_704F;

/// Loads each library, unless the server has a newer one.
pub async fn load(env: &Env) -> anyhow::Result<String> {
    let mut postgres = stores::user_database(env).await?;
    query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut postgres).await?;
    let done = load_all(&redis::connect(env)?).await;
    // The lock ends with the connection.
    postgres.close().await?;
    done
}

/// Loads the libraries once more, at the end of a job. A job of an earlier release takes no lock,
/// and may have replaced them by its own.
pub async fn load_again(env: &Env) -> anyhow::Result<()> {
    load(env).await.map(drop)
}

async fn load_all(redis: &Redis) -> anyhow::Result<String> {
    let mut done = Vec::new();
    for library in &LIBRARIES {
        let loaded =
            until_done(|error: &RedisError| !redis::is_away(error), || load_one(redis, library)).await;
        done.push(loaded.with_context(|| format!("library {}", library.name))?);
    }
    Ok(done.join(", "))
}

async fn load_one(redis: &Redis, library: &Library) -> Result<String, RedisError> {
    let (name, ours) = (library.name, library.version);
    let mut connection = redis.connection();
    let theirs: Result<i64, RedisError> =
        cmd("FCALL_RO").arg(format!("{name}_version")).arg(0).query_async(&mut connection).await;
    match theirs {
        Err(error) if redis::is_away(&error) => Err(error),
        Ok(newer) if newer > ours => Ok(format!("{name} stays at {newer}")),
        // Absent, older, or the same version. The code of the same version may differ only in
        // details that callers cannot see.
        _ => {
            cmd("FUNCTION")
                .arg("LOAD")
                .arg("REPLACE")
                .arg(library.code)
                .query_async::<String>(&mut connection)
                .await?;
            Ok(format!("{name} {ours}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn library_has_the_version_that_its_code_answers() {
        for Library { name, version, code } in &LIBRARIES {
            let said = [format!("local VERSION = {version}\n"), format!("function() return {version} end")];
            assert!(said.iter().any(|said| code.contains(said)), "{name} is not version {version}");
        }
    }

    /// Compares with the lists in the sources of the services. A service that requires a version
    /// which no job loads is never ready.
    #[test]
    fn services_ask_for_the_versions_that_are_loaded() {
        let sources = [
            include_str!("../../inventory/src/lib.rs"),
            include_str!("../../payment/src/lib.rs"),
            include_str!("../../../crates/server/src/limit/redis.rs"),
        ];
        for Library { name, version, .. } in &LIBRARIES {
            let wanted = format!("name: \"{name}\", version: {version} }}");
            let asked = |source: &&str| source.contains(&format!("name: \"{name}\","));
            let asking: Vec<&str> = sources.into_iter().filter(asked).collect();
            assert!(!asking.is_empty(), "no service asks for {name}");
            assert!(asking.iter().all(|source| source.contains(&wanted)), "{name} is not version {version}");
        }
    }
}
