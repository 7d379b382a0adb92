//! Network faults between the services, and between each service and its store or mail server.
//! Answers are dropped, cut off or delayed. Requests arrive late or twice. Connections are refused
//! or frozen.

use std::time::Duration;

use anyhow::{Result, ensure};
use estore_testbed::{Link, Weather};
use tokio::time::sleep;

use super::{Row, stand, survive};
use crate::stand::Stand;

const LONG: Duration = Duration::from_secs(3);
/// Longer than the services cache the answer about a token.
const LONGER: Duration = Duration::from_secs(6);

/// A link, the share of its traffic that is disturbed, and the duration. Those of few calls are
/// disturbed more, and for longer.
const LINKS: [(Link, &str, f64, Duration); 8] = [
    (Link::PaymentToInventory, "between Payment and Inventory", 0.1, LONG),
    (Link::PaymentToRedis, "between Payment and Redis", 0.1, LONG),
    (Link::InventoryToRedis, "between Inventory and Redis", 0.1, LONG),
    (Link::ToUser, "before the User Service", 0.5, LONGER),
    (Link::UserToPostgres, "between User and Postgres", 0.5, LONGER),
    (Link::ToVerification, "before the Verification Service", 0.3, LONGER),
    (Link::VerificationToPostgres, "between Verification and Postgres", 0.2, LONGER),
    (Link::VerificationToSmtp, "between Verification and the mail server", 0.3, LONGER),
];

fn weathers(chance: f64) -> [(Weather, &'static str); 6] {
    let by = Duration::from_millis(1500);
    [
        (Weather::DropAnswers { chance }, "answers are dropped"),
        (Weather::Late { chance, by }, "requests come late, doubled and out of order"),
        (Weather::CutMidway { chance }, "answers are cut off"),
        (Weather::Delay { up_to: Duration::from_millis(400) }, "everything is delayed"),
        (Weather::Refuse, "connections are refused"),
        (Weather::Freeze, "nothing passes"),
    ]
}

pub(super) async fn run(seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    let mut stand = stand("network", seed).await?;
    for (link, place, chance, long) in LINKS {
        for (weather, what) in weathers(chance) {
            let fault = async |stand: &mut Stand, _: &_| {
                let before = stand.shop.link(link).counts();
                stand.shop.link(link).set(weather);
                sleep(long).await;
                stand.shop.link(link).set(Weather::Clear);
                let after = stand.shop.link(link).counts();
                let quiet = matches!(weather, Weather::Delay { .. });
                ensure!(quiet || after != before, "nothing passed the link that was to be disturbed");
                Ok(())
            };
            tell(survive(&mut stand, &format!("{what} {place}"), 20, fault).await?);
        }
    }
    stand.shop.stop().await
}
