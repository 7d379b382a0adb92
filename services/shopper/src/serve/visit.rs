//! Steps without an order: a look at the catalogue, and a basket at the storefront.

use std::{collections::BTreeMap, time::Instant};

use estore_client::NoAnswer;
use estore_contract::Sku;
use fastrand::Rng;
use http::header;

use super::App;
use crate::{
    client::{Answer, Place, Request},
    load::Buyer,
};

/// The hidden field of every form of the storefront.
const FORM_TOKEN: &str = "form_token";

/// The outcome of a step, as metrics name it.
type Outcome = &'static str;

/// Reads the first page and a product: at the storefront, or of the API if there is none.
pub(super) async fn browse(app: &App, buyer: &Buyer, dice: &mut Rng) {
    let Some(sku) = dice.choice(app.people.shelf()) else { return };
    let begun = Instant::now();
    let outcome = if app.shop.has_storefront() {
        let mut visit = Visit::new(app, buyer);
        both(visit.get("/").await, visit.get(&format!("/products/{sku}")).await)
    } else {
        let list = buyer.send(Request::get(Place::Inventory, "/products?limit=20")).await;
        let product = buyer.send(Request::get(Place::Inventory, format!("/products/{sku}"))).await;
        both(outcome(&list), outcome(&product))
    };
    ended(app, "browse", outcome, begun);
}

/// Adds a product to a basket, and looks at the basket. Without a storefront there are none.
pub(super) async fn fill_basket(app: &App, buyer: &Buyer, dice: &mut Rng) {
    if !app.shop.has_storefront() {
        return browse(app, buyer, dice).await;
    }
    let Some(sku) = dice.choice(app.people.shelf()) else { return };
    let begun = Instant::now();
    let outcome = Visit::new(app, buyer).add(&sku).await;
    ended(app, "basket", outcome, begun);
}

fn ended(app: &App, kind: &str, outcome: Outcome, begun: Instant) {
    if outcome == "refused" {
        app.counts.is_refused();
    }
    app.metrics.observe(kind, outcome, begun.elapsed());
}

/// A browser without a login.
struct Visit<'a> {
    app: &'a App,
    buyer: &'a Buyer,
    cookies: BTreeMap<String, String>,
}

impl<'a> Visit<'a> {
    fn new(app: &'a App, buyer: &'a Buyer) -> Self {
        Self { app, buyer, cookies: BTreeMap::new() }
    }

    async fn add(&mut self, sku: &Sku) -> Outcome {
        let page = self.send(Request::get(Place::Storefront, format!("/products/{sku}"))).await;
        let token = page.as_ref().ok().and_then(|page| hidden(&page.text, FORM_TOKEN));
        let Some(token) = token else {
            // A page without a form: the visitor must log in, or the product is not for sale.
            return if page.is_ok_and(|page| page.status < 500) { "refused" } else { "unknown" };
        };
        let fields = [("sku", sku.as_str()), ("quantity", "1"), (FORM_TOKEN, token.as_str())];
        match self.send(Request::form(Place::Storefront, "/basket/add", &fields)).await {
            Ok(answer) if answer.status == 303 => self.get("/basket").await,
            answer => outcome(&answer),
        }
    }

    async fn get(&mut self, path: &str) -> Outcome {
        outcome(&self.send(Request::get(Place::Storefront, path)).await)
    }

    /// Sends a request with the cookies, and keeps those of the answer.
    async fn send(&mut self, request: Request) -> Result<Answer, NoAnswer> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header(header::ACCEPT, "text/html").by(self.buyer.account().address());
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, &cookies.join("; "));
        }
        let answer = self.app.shop.send(&request).await?;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().ok().and_then(|text| text.split(';').next()?.split_once('='));
            self.cookies.extend(cookie.map(|(name, value)| (name.trim().to_owned(), value.to_owned())));
        }
        Ok(answer)
    }
}

/// Returns the value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

fn outcome(answer: &Result<Answer, NoAnswer>) -> Outcome {
    match answer {
        Ok(answer) if (200..300).contains(&answer.status) => "ok",
        Ok(answer) if answer.status < 500 && answer.status != 429 => "refused",
        _ => "unknown",
    }
}

/// Returns the outcome of two requests: the worse one.
fn both(one: Outcome, other: Outcome) -> Outcome {
    if one == "ok" { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_token_is_found_in_a_page() {
        let page = r#"<form><input type="hidden" name="form_token" value="k1.AAaa-_"><input name="sku">"#;
        assert_eq!(hidden(page, FORM_TOKEN).as_deref(), Some("k1.AAaa-_"));
        assert_eq!(hidden("<p>form_token</p>", FORM_TOKEN), None);
    }
}
