//! The storefront's first page, a first order and its refund. Afterwards its unit is in stock
//! again, and the order and its refund remain.

use anyhow::{Context, Result, ensure};
use estore_base::{config::Env, random};
use estore_contract::{
    OrderId, Page, PaymentMethodId,
    inventory::{Product, Stock},
    payment::{Order, OrderStatus, Refund, RefundStatus, Transaction},
};
use http::{Method, header};
use serde_json::json;

use super::{open::open, say};
use crate::{
    client::{Account, Answer, Place, Refused, Request, ShopClient, address},
    config::{Credentials, GATEWAY},
    load::{CARD, save_card},
};

/// Runs the steps against the shop that the environment names.
pub async fn order(env: &Env) -> Result<()> {
    let shop = open(env).await?;
    say("all four services answer");
    if shop.has_storefront() {
        visit(&shop).await?;
    }
    let Credentials { email, password } = Credentials::of_admin(env)?;
    let admin = Admin(Account::login(&shop, &email, password, address(0)).await?);
    say(&format!("logged in as {email}"));
    // No money moves for a free product.
    let list = Request::get(Place::Inventory, "/products?in_stock=true&min_price=1&limit=1");
    let found: Page<Product> = admin.0.ask("list what is in stock", list, 200).await?;
    let product = found.items.first().context("nothing that has a price is in stock")?;
    say(&format!("found {}: {}, {}", product.sku, product.name, product.price));
    match env.optional::<String>(&GATEWAY)?.as_deref() {
        Some("sandbox") => admin.buy(product).await,
        gateway => {
            let gateway = gateway.unwrap_or("not named");
            say(&format!("the card gateway is {gateway}: ordering would move money, so nothing is ordered"));
            Ok(())
        }
    }
}

/// Opens the first page of the shop, and an API below it.
async fn visit(shop: &ShopClient) -> Result<()> {
    let first = shop.send(&Request::get(Place::Storefront, "/")).await;
    let mut page = first.context("could not open the storefront")?;
    if page.status == 303 {
        // A shop without anonymous browsing leads to its login.
        let login = Request::get(Place::Storefront, page.header(&header::LOCATION));
        page = answered("open the storefront's login", shop, &login).await?;
    }
    ensure!(page.status == 200, "could not open the storefront: {}", page.status);
    let kind = page.header(&header::CONTENT_TYPE);
    ensure!(kind.starts_with("text/html"), "the storefront answers {kind:?}, not a page");
    let forwarded = Request::get(Place::Storefront, "/api/inventory/openapi.json");
    answered("read a document by way of the storefront", shop, &forwarded).await?;
    say("the storefront shows its first page, and forwards to the services");
    Ok(())
}

async fn answered(action: &str, shop: &ShopClient, request: &Request) -> Result<Answer> {
    let answer = shop.send(request).await.with_context(|| format!("could not {action}"))?;
    if answer.status == 200 {
        return Ok(answer);
    }
    Err(Refused { action: action.to_owned(), answer }.into())
}

/// The admin, who is also the customer.
struct Admin(Account);

impl Admin {
    async fn buy(&self, product: &Product) -> Result<()> {
        let card = save_card(&self.0, CARD).await?;
        say("saved a test card");
        let done = self.order_and_back(product, card).await;
        // An account can save few cards, so a run that fails leaves none either.
        let delete = Request::new(Method::DELETE, Place::Payment, format!("/payment-methods/{card}"));
        let deleted = self.0.ask("delete the card", delete, 204).await;
        let _deleted: Option<()> = done.and(deleted)?;
        say("deleted the card");
        Ok(())
    }

    /// Checks that one unit was sold for the order, and restocked. Others may buy meanwhile, so the
    /// number of units shows nothing.
    async fn check_stock(&self, product: &Product, order: OrderId) -> Result<()> {
        let path = format!("/products/{}/stock", product.sku);
        let stock: Stock = self.0.ask("read the stock", Request::get(Place::Inventory, path), 200).await?;
        let order = order.to_string();
        let moved = stock.movements.iter().filter(|movement| movement.reason == order);
        let moved: Vec<i64> = moved.map(|movement| movement.delta).collect();
        ensure!(moved == [1, -1], "the order moved {moved:?} of {}, not one out and in again", product.sku);
        say(&format!("the unit of {} is in stock, as before", product.sku));
        Ok(())
    }

    async fn order_and_back(&self, product: &Product, card: PaymentMethodId) -> Result<()> {
        let key = random::uuid_v4().simple().to_string();
        let body = json!({"items": [{"sku": product.sku, "quantity": 1}], "payment_method_id": card});
        let request = Request::post(Place::Payment, "/orders", &body).key(&key);
        let order: Order = self.0.ask("order", request.clone(), 201).await?;
        ensure!(order.status == OrderStatus::Completed, "the order is {:?}", order.status);
        say(&format!("ordered one: {}", order.id));
        let again: Order = self.0.ask("order again with the same key", request, 201).await?;
        ensure!(again == order, "the same key made another order, {}", again.id);
        let path = format!("/orders/{}", order.id);
        let read = Request::get(Place::Payment, path.as_str());
        let read: Order = self.0.ask("read the order", read, 200).await?;
        ensure!(read == order, "the order reads otherwise than it was answered");
        say("the same key finds the same order, and so does its id");
        let booked = Request::get(Place::Payment, "/transactions?limit=20");
        let booked: Page<Transaction> = self.0.ask("read the transactions", booked, 200).await?;
        let count = booked.items.iter().filter(|entry| entry.order_id == order.id).count();
        ensure!(count == 2, "{count} transactions of the order, not an authorization and a capture");
        say("an authorization and a capture are booked");
        let body = json!({"restock": true, "reason": "helm test"});
        let refund = Request::post(Place::Payment, format!("{path}/refunds"), &body).key(&key);
        let refund: Refund = self.0.ask("refund", refund, 201).await?;
        ensure!(refund.status == RefundStatus::Completed, "the refund is {:?}", refund.status);
        say("refunded it, with the stock");
        self.check_stock(product, order.id).await
    }
}
