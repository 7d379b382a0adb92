//! The job that knows the products for sale, and delivers stock before they are sold out.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use estore_base::random::uuid_v4;
use estore_contract::{Currency, Page, inventory::Product};
use estore_telemetry::jobs::{Stop, poll};
use tokio::sync::Notify;

use super::App;
use crate::client::{Place, Request};

/// The time between two looks. At 50 orders a second, the most popular products lose a few units
/// a second.
const LOOK: Duration = Duration::from_secs(2);
/// A product with fewer units is running out.
const LOW: i64 = 50;
/// The units of a delivery.
const DELIVERY: i64 = 1000;

/// Runs until `stop`.
pub(super) async fn run(app: App, stop: Stop) {
    let wake = Notify::new();
    tokio::select! {
        () = poll(&stop, &wake, LOOK, || step(&app)) => {}
        () = stop.token().cancelled() => {}
    }
}

async fn step(app: &App) -> Result<bool, String> {
    look(app).await.map(|()| false).map_err(|error| format!("{error:#}"))
}

/// Reads a page of the catalogue, and delivers what is running out.
async fn look(app: &App) -> Result<()> {
    let Some(admin) = app.people.admin() else { return Ok(()) };
    let list = Request::get(Place::Inventory, "/products?limit=100");
    let found: Page<Product> = admin.account().ask("list the products", list, 200).await?;
    let products = of_one_currency(found.items);
    // A product without stock at the first look shows visitors how one looks that is sold out.
    let known = app.people.shelf();
    let sells = |product: &&Product| product.available > 0 || known.contains(&product.sku);
    let for_sale: Vec<&Product> = products.iter().filter(sells).collect();
    app.people.offer(for_sale.iter().map(|product| product.sku.clone()).collect());
    if app.turned().borrow().dial.orders_per_minute() == 0 {
        return Ok(());
    }
    for product in for_sale.into_iter().filter(|product| product.available < LOW) {
        let key = uuid_v4().to_string();
        let sku = &product.sku;
        admin.receive(sku, DELIVERY, &key).await.with_context(|| format!("deliver {sku}"))?;
        app.metrics.deliveries.inc();
        tracing::info!(%sku, units = DELIVERY, "delivered a product that was running out");
    }
    Ok(())
}

/// Keeps the products of the currency that most have: an order has one currency.
fn of_one_currency(mut products: Vec<Product>) -> Vec<Product> {
    let mut counts = BTreeMap::<Currency, usize>::new();
    for product in &products {
        *counts.entry(product.price.currency).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count).map(|(currency, _)| currency);
    products.retain(|product| Some(product.price.currency) == most);
    products
}
