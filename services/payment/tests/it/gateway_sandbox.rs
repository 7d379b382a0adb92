//! The sandbox keeps the contract of every gateway, on a real Redis and as the service's own user.

use std::{env, fs, path::PathBuf};

use async_trait::async_trait;
use estore_contract::OrderId;
use estore_kit::{
    config::Env,
    redis::{Redis, connect},
};
use estore_payment::gateway::Sandbox;
use redis::cmd;

use crate::gateway_contract::{Books, Entries, holds};

/// The sandbox's books, read key by key.
struct InRedis(Redis);

#[async_trait]
impl Books for InRedis {
    async fn entries(&self, order: OrderId) -> Entries {
        let fields: Vec<(String, String)> = cmd("HGETALL")
            .arg(format!("{{gw}}:p:{order}"))
            .query_async(&mut self.0.connection())
            .await
            .unwrap();
        let field =
            |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
        let times = |state: &str| field(&format!("times:{state}")).map_or(0, |times| times.parse().unwrap());
        let mut refunds: Vec<(u32, i64)> = fields
            .iter()
            .filter_map(|(name, amount)| {
                Some((name.strip_prefix("refund:")?.parse().unwrap(), amount.parse().unwrap()))
            })
            .collect();
        refunds.sort_unstable();
        // A tombstone voids nothing.
        let voids = if field("was_authorized") == Some("1") { times("voided") } else { 0 };
        Entries { authorizations: times("authorized"), captures: times("captured"), voids, refunds }
    }
}

#[tokio::test]
async fn the_sandbox_keeps_the_contract() {
    let project = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let directory = env::current_exe().unwrap().ancestors().nth(3).unwrap().join("payment-tests/sandbox");
    if directory.exists() {
        fs::remove_dir_all(&directory).unwrap();
    }
    let rules = fs::read_to_string(project.join("migrations/acl/payment.acl")).unwrap();
    let users = [("payment", "pw", rules.as_str()), ("loader", "pw", "+@all ~*")];
    let server = estore_stage::Redis::start(&directory, &users).await.unwrap();
    let code = fs::read_to_string(project.join("migrations/payment/gw1/10_sandbox.lua")).unwrap();
    assert_eq!(server.ask("loader", "pw", &["FUNCTION", "LOAD", &code]).unwrap(), "gw1");
    let port = server.port.to_string();
    let settings = [
        ("REDIS_HOST", "127.0.0.1"),
        ("REDIS_PORT", &port),
        ("REDIS_USERNAME", "payment"),
        ("REDIS_PASSWORD", "pw"),
    ];
    let redis = connect(&settings.into_iter().collect::<Env>()).unwrap();
    holds(&Sandbox::new(redis.clone()), &InRedis(redis)).await;
}
