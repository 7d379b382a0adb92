//! A release that is deleted and installed again keeps all data of the shop.

use anyhow::{Context, Result, ensure};

use crate::{books::Books, trial::Trial};

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    let books = Books::open(&trial.cluster).await?;
    books.quiet().await?;
    let before = books.read().await?;
    drop(books);
    trial.release.uninstall().await.context("helm uninstall")?;
    trial.release.install().await.context("helm install")?;
    let books = Books::open(&trial.cluster).await?;
    let after = books.read().await?;
    drop(books);
    ensure!(before.orders == after.orders, "the orders are not the same");
    ensure!(before.products == after.products, "the stock is not the same");
    ensure!(before == after, "the books are not the same");
    // The admin logs in with the same password, and orders.
    trial.release.test().await?;
    // Each account still exists, with the same cards.
    let driver = trial.driver().await?;
    let seen = driver.look().await?;
    Ok(vec![format!(
        "{} orders and {} products are as before, the admin logs in, and {seen} buyers read their orders",
        before.orders.len(),
        before.products.len()
    )])
}
