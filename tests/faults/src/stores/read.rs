//! Reading a database: key by key if nothing moves, or all at once.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use estore_checker::stores::Dump;
use estore_tests::connect_to_store;
use redis::{Client, FromRedisValue, Value, cmd, pipe};

use super::dump::{command, raw};

/// The keys of Payment and the sandbox gateway.
pub(super) const PAYMENT: &[&str] = &["{pay}:*", "{gw}:*"];
/// The keys of Inventory, without the indexes of its lists.
pub(super) const INVENTORY: &[&str] = &["{inv}:p:*", "{inv}:r:*", "{inv}:due", "{inv}:journal"];

/// The number of keys in one round trip.
const TOGETHER: usize = 1000;

/// Returns name, type and content of every key that matches, all of one moment.
const ALL_AT_ONCE: &str = include_str!("at_once.lua");

/// Reads key by key, a thousand in each round trip. It blocks no other client, but its parts are of
/// different moments.
pub(super) async fn one_by_one(client: &Client, patterns: &[&str]) -> Result<Dump> {
    let mut connection = connect_to_store(client).await?;
    let mut names = BTreeSet::new();
    for pattern in patterns {
        let mut cursor = 0_u64;
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(*pattern).arg("COUNT").arg(TOGETHER);
            let (next, found): (u64, Vec<String>) = scan.query_async(&mut connection).await?;
            // SCAN may return a key twice.
            names.extend(found);
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
    }
    let names: Vec<String> = names.into_iter().collect();
    let mut dump = Dump::new();
    for names in names.chunks(TOGETHER) {
        let (mut types, mut contents) = (pipe(), pipe());
        for name in names {
            types.cmd("TYPE").arg(name);
        }
        let types: Vec<String> = types.query_async(&mut connection).await?;
        for (name, kind) in names.iter().zip(&types) {
            contents.add_command(command(kind, name));
        }
        let contents: Vec<Value> = contents.query_async(&mut connection).await?;
        for ((name, kind), content) in names.iter().zip(&types).zip(contents) {
            let content = raw(kind, content).with_context(|| name.clone())?;
            dump.extend(content.map(|raw| (name.clone(), raw)));
        }
    }
    Ok(dump)
}

/// Reads everything in one moment: the server does nothing else meanwhile.
pub(super) async fn at_once(client: &Client, patterns: &[&str]) -> Result<Dump> {
    let mut connection = connect_to_store(client).await?;
    let rows: Vec<Value> =
        cmd("EVAL_RO").arg(ALL_AT_ONCE).arg(0).arg(patterns).query_async(&mut connection).await?;
    let mut dump = Dump::new();
    for row in rows {
        let mut row = Vec::<Value>::from_redis_value(row)?.into_iter();
        let mut next = || row.next().unwrap_or_default();
        let (name, kind) = (String::from_redis_value(next())?, String::from_redis_value(next())?);
        let content = raw(&kind, next()).with_context(|| name.clone())?;
        dump.extend(content.map(|raw| (name, raw)));
    }
    Ok(dump)
}
