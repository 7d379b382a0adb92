//! Kill -9 of each service at each step between two writes: at named fail points in the code.

use std::time::Duration;

use anyhow::{Context, Result};
use estore_testbed::ServiceName::{self, Inventory, Payment, User, Verification};
use fastrand::Rng;

use super::{Row, stand, survive, visitor::visit};
use crate::stand::{Plan, Stand};

/// The time within which the service must pass a fail point.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every fail point that a load of orders, cancels and refunds passes.
const PLACES: [(ServiceName, &str); 53] = [
    (Payment, "payment.accepted.written"),
    (Payment, "payment.reserve.before"),
    (Payment, "payment.reserve.answered"),
    (Payment, "payment.reserved.before"),
    (Payment, "payment.reserved.written"),
    (Payment, "payment.create_payment.before"),
    (Payment, "payment.create_payment.answered"),
    (Payment, "payment.authorize.before"),
    (Payment, "payment.authorize.answered"),
    (Payment, "payment.confirming.before"),
    (Payment, "payment.confirming.written"),
    (Payment, "payment.confirm.before"),
    (Payment, "payment.confirm.answered"),
    (Payment, "payment.capture.before"),
    (Payment, "payment.capture.answered"),
    (Payment, "payment.completed.before"),
    (Payment, "payment.completed.written"),
    (Payment, "payment.cancelling.before"),
    (Payment, "payment.cancelling.written"),
    (Payment, "payment.void.before"),
    (Payment, "payment.void.answered"),
    (Payment, "payment.release.before"),
    (Payment, "payment.release.answered"),
    (Payment, "payment.cancelled.before"),
    (Payment, "payment.cancelled.written"),
    (Payment, "payment.refund.before"),
    (Payment, "payment.refund.answered"),
    (Payment, "payment.refund_paid.before"),
    (Payment, "payment.refund_paid.written"),
    (Payment, "payment.restock.before"),
    (Payment, "payment.restock.answered"),
    (Payment, "payment.refund_done.before"),
    (Payment, "payment.refund_done.written"),
    (Payment, "payment.mail.before"),
    (Payment, "payment.mail.answered"),
    (Payment, "payment.journal.before"),
    (Inventory, "inventory.reserve.before"),
    (Inventory, "inventory.reserve.written"),
    (Inventory, "inventory.confirm.before"),
    (Inventory, "inventory.confirm.written"),
    (Inventory, "inventory.release.before"),
    (Inventory, "inventory.release.written"),
    (Inventory, "inventory.return.before"),
    (Inventory, "inventory.return.written"),
    (User, "user.registered.before"),
    (User, "user.registered.written"),
    (User, "user.mail.answered"),
    (User, "user.redeem.answered"),
    (Verification, "verification.accepted.written"),
    (Verification, "verification.mail.answered"),
    (Verification, "verification.redeemed.written"),
    (Verification, "verification.pressed.written"),
    (Verification, "verification.report.answered"),
];

pub(super) async fn run(seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    let mut stand = stand("fail-points", seed).await?;
    let mut dice = Rng::with_seed(seed);
    for (service, place) in PLACES {
        tell(at(&mut stand, service, place, &mut dice).await?);
    }
    tell(twice(&mut stand, &mut dice).await?);
    stand.shop.stop().await
}

/// Runs a few random fail points, for tests that run often.
pub(super) async fn sample(seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    let mut stand = Stand::start(&Plan::named("sample", seed)).await?;
    let mut dice = Rng::with_seed(seed);
    let mut places = PLACES;
    dice.shuffle(&mut places);
    for (service, place) in places.into_iter().take(6) {
        tell(at(&mut stand, service, place, &mut dice).await?);
    }
    stand.shop.stop().await
}

/// Kills `service` at `place`, one of the first times that it passes there.
async fn at(stand: &mut Stand, service: ServiceName, place: &str, dice: &mut Rng) -> Result<Row> {
    let times = dice.u8(1..4);
    survive(stand, &format!("dies at {place}"), 0, async |stand, _| {
        die(stand, service, &format!("{place}@{times}")).await?;
        stand.revive(service, 0).await
    })
    .await
}

/// Also kills the worker that takes over the work of a crashed process.
async fn twice(stand: &mut Stand, dice: &mut Rng) -> Result<Row> {
    let second = ["payment.read_payment.before", "payment.read_payment.answered"];
    let second = second.get(dice.usize(0..2)).copied().unwrap_or_default();
    survive(stand, "dies again where it takes up what a crash left behind", 0, async |stand, _| {
        die(stand, Payment, "payment.authorize.answered@2").await?;
        die(stand, Payment, second).await?;
        stand.revive(Payment, 0).await
    })
    .await
}

async fn die(stand: &mut Stand, service: ServiceName, point: &str) -> Result<()> {
    let registering = registrations(stand, service);
    let process = stand.shop.service(service);
    process.kill().await?;
    process.start_with(&[("FAIL_POINT", point)])?;
    let died = process.died(PATIENCE).await.with_context(|| format!("{point} is never passed"));
    stand.crashes += 1;
    drop(registering);
    died.map(|_status| ())
}

/// Registers customers, which passes the fail points of accounts and emails. One customer presses
/// the link's button and another sends its token, so that neither waits for the other's email.
fn registrations(stand: &Stand, service: ServiceName) -> Option<tokio::task::JoinSet<()>> {
    if !matches!(service, User | Verification) {
        return None;
    }
    let mut registering = tokio::task::JoinSet::new();
    for button in [true, false] {
        let (access, mail_page) = (stand.access.clone(), stand.shop.mailbox.http_port);
        registering.spawn(async move {
            loop {
                visit(&access, mail_page, button).await;
            }
        });
    }
    Some(registering)
}
