//! Failures of the mail server.

use std::time::Duration;

use anyhow::Result;
use estore_testbed::{FaultKind, Link, Weather};
use tokio::time::sleep;

use super::{Row, stand, survive};
use crate::stand::Stand;

const LONG: Duration = Duration::from_secs(3);

pub(super) async fn run(seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    let mut stand = stand("mail", seed).await?;
    let down = async |stand: &mut Stand, _: &_| {
        stand.shop.link(Link::VerificationToSmtp).set(Weather::Refuse);
        sleep(LONG).await;
        stand.shop.link(Link::VerificationToSmtp).set(Weather::Clear);
        Ok(())
    };
    tell(survive(&mut stand, "the mail server is down", 0, down).await?);
    let kinds = [
        (FaultKind::Hang, "the mail server hangs"),
        (FaultKind::RejectForNow, "the mail server answers 4xx"),
        (FaultKind::RejectForGood, "the mail server answers 5xx"),
        (FaultKind::DropAfterData, "the mail server dies after DATA"),
    ];
    for (kind, what) in kinds {
        let fault = async |stand: &mut Stand, _: &_| {
            stand.shop.mailbox.set(Some(kind));
            sleep(LONG).await;
            stand.shop.mailbox.set(None);
            Ok(())
        };
        tell(survive(&mut stand, what, 0, fault).await?);
    }
    stand.shop.stop().await
}
