//! The storefront's first page, a first order and its refund. Afterwards the stock is as before,
//! and the order and its refund remain.

use anyhow::{Context, Result, ensure};
use estore_contract::{
    Page,
    inventory::Product,
    payment::{Order, OrderStatus, PaymentMethod, Refund, RefundStatus, Transaction},
    user::Tokens,
};
use estore_testbed::ServiceName::{Inventory, Payment, Storefront, User};
use estore_tests::{Access, Answer, CARD, Method, RequestBuilder, unique, variable};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{say, shop};

pub(crate) async fn run() -> Result<()> {
    let access = shop::open().await?;
    say("all four services answer");
    if access.has_storefront() {
        visit(&access).await?;
    }
    let body = json!({"email": access.admin.0, "password": access.admin.1});
    let login = access.http.post(access.url(User, "/login")).json(&body);
    let tokens: Tokens = asked("log in", login, 200).await?;
    say(&format!("logged in as {}", access.admin.0));
    let admin = Admin { token: tokens.access_token.expose().to_owned(), access };
    let found = admin.request(Method::GET, Inventory, "/products?in_stock=true&limit=1");
    let found: Page<Product> = asked("list what is in stock", found, 200).await?;
    let product = found.items.first().context("nothing is in stock")?;
    say(&format!("found {}: {}, {}", product.sku, product.name, product.price));
    match variable("GATEWAY").as_deref() {
        Some("sandbox") => admin.buy(product).await,
        gateway => {
            let gateway = gateway.unwrap_or("not named");
            say(&format!("the card gateway is {gateway}: ordering would move money, so nothing is ordered"));
            Ok(())
        }
    }
}

/// Opens the first page of the shop, and an API below it.
async fn visit(access: &Access) -> Result<()> {
    let page = answered("open the storefront", access.http.get(access.url(Storefront, "/")), 200).await?;
    let kind = page.header("content-type");
    ensure!(kind.starts_with("text/html"), "the storefront answers {kind:?}, not a page");
    let forwarded = access.http.get(access.url(Storefront, "/api/inventory/openapi.json"));
    answered("read a document by way of the storefront", forwarded, 200).await?;
    say("the storefront shows its first page, and forwards to the services");
    Ok(())
}

struct Admin {
    access: Access,
    token: String,
}

impl Admin {
    fn request(&self, method: Method, service: estore_testbed::ServiceName, path: &str) -> RequestBuilder {
        self.access.http.request(method, self.access.url(service, path)).bearer_auth(&self.token)
    }

    async fn on_hand(&self, product: &Product) -> Result<Value> {
        let path = format!("/products/{}/stock", product.sku);
        let stock: Value = asked("read the stock", self.request(Method::GET, Inventory, &path), 200).await?;
        stock.get("on_hand").cloned().context("a stock without on_hand")
    }

    async fn buy(&self, product: &Product) -> Result<()> {
        let before = self.on_hand(product).await?;
        let details = json!({"card_number": CARD, "expiry_month": 12, "expiry_year": 2049, "cvc": "123"});
        let save = self
            .request(Method::POST, Payment, "/payment-methods")
            .json(&json!({"payment_type": "Card", "details": details}));
        let card: PaymentMethod = asked("save a card", save, 201).await?;
        say("saved a test card");
        let done = self.order_and_back(product, &card).await;
        let path = format!("/payment-methods/{}", card.id);
        let delete = self.request(Method::DELETE, Payment, &path);
        done?;
        answered("delete the card", delete, 204).await?;
        say("deleted the card");
        let after = self.on_hand(product).await?;
        ensure!(before == after, "there were {before} of {}, and now there are {after}", product.sku);
        say(&format!("{after} of {} are in stock, as before", product.sku));
        Ok(())
    }

    async fn order_and_back(&self, product: &Product, card: &PaymentMethod) -> Result<()> {
        let key = unique();
        let body = json!({"items": [{"sku": product.sku, "quantity": 1}], "payment_method_id": card.id});
        let request =
            || self.request(Method::POST, Payment, "/orders").header("Idempotency-Key", &key).json(&body);
        let order: Order = asked("order", request(), 201).await?;
        ensure!(order.status == OrderStatus::Completed, "the order is {:?}", order.status);
        say(&format!("ordered one: {}", order.id));
        let again: Order = asked("order again with the same key", request(), 201).await?;
        ensure!(again == order, "the same key made another order, {}", again.id);
        let path = format!("/orders/{}", order.id);
        let read: Order = asked("read the order", self.request(Method::GET, Payment, &path), 200).await?;
        ensure!(read == order, "the order reads otherwise than it was answered");
        say("the same key finds the same order, and so does its id");
        let booked = self.request(Method::GET, Payment, "/transactions?limit=20");
        let booked: Page<Transaction> = asked("read the transactions", booked, 200).await?;
        let count = booked.items.iter().filter(|entry| entry.order_id == order.id).count();
        ensure!(count == 2, "{count} transactions of the order, not an authorization and a capture");
        say("an authorization and a capture are booked");
        let refund = self
            .request(Method::POST, Payment, &format!("{path}/refunds"))
            .header("Idempotency-Key", &key)
            .json(&json!({"restock": true, "reason": "helm test"}));
        let refund: Refund = asked("refund", refund, 201).await?;
        ensure!(refund.status == RefundStatus::Completed, "the refund is {:?}", refund.status);
        say("refunded it, with the stock");
        Ok(())
    }
}

async fn asked<T: DeserializeOwned>(what: &str, request: RequestBuilder, status: u16) -> Result<T> {
    let answer = answered(what, request, status).await?;
    serde_json::from_str(&answer.text).with_context(|| format!("{what}: {}", answer.text))
}

async fn answered(what: &str, request: RequestBuilder, status: u16) -> Result<Answer> {
    let answer = Answer::try_of(request).await.with_context(|| format!("could not {what}"))?;
    ensure!(answer.status == status, "could not {what}: {} {}", answer.status, answer.text);
    Ok(answer)
}
