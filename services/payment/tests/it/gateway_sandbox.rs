//! The sandbox keeps the contract of every gateway, on a real Redis and as the service's own user.

use std::env;

use async_trait::async_trait;
use estore_base::config::Env;
use estore_contract::OrderId;
use estore_payment::gateway::Sandbox;
use estore_stores::redis::{Redis, connect};
use redis::cmd;

use crate::gateway_contract::{Books, Entries, holds};

/// The sandbox's records, read key by key.
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
async fn sandbox_keeps_the_contract() {
    let directory = env::current_exe().unwrap().ancestors().nth(3).unwrap().join("payment-tests/sandbox");
    let server = estore_testbed::Redis::with_functions(&directory, &["payment"], &["payment/gw1"], &[]).await;
    let server = server.unwrap();
    let redis = connect(&server.settings("payment", 0).into_iter().collect::<Env>()).unwrap();
    holds(&Sandbox::new(redis.clone()), &InRedis(redis)).await;
}
