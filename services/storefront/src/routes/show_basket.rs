//! `GET /basket`: the basket with the prices of now, and what has changed since.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Response};
use estore_contract::{Money, inventory::Product};
use tokio::join;

use crate::{
    Error,
    api::Service,
    app::App,
    checkout::{Attempt, settle},
    forms::money,
    pages::{self, Frame, Tone},
    session::{Basket, Line},
    texts,
    web::Visitor,
};

/// One line of the page.
struct Row {
    line: Line,
    /// The product, or `None` while the catalogue is away.
    product: Option<Product>,
    sum: Option<Money>,
    /// Notes to the visitor: a new price, or too little stock.
    notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "basket.html")]
struct BasketPage {
    page: Frame,
    rows: Vec<Row>,
    /// The total of each currency.
    totals: Vec<Money>,
    can_order: bool,
}

pub(super) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Error> {
    let mut page = Frame::titled(&visitor, |t| t.basket.title);
    let mut basket = visitor.basket();
    let (inventory, skus) = (visitor.inventory(), basket.skus());
    let (left, products) = join!(without_placed(&visitor, &basket), inventory.by_skus(&skus));
    if let Some(left) = left {
        page.show_basket(&left);
        basket = left;
    }
    let products = page.part(products)?;
    if let Some(products) = &products {
        let is_sold = |line: &Line| products.iter().any(|product| product.sku == line.sku);
        for line in basket.lines.iter().filter(|line| !is_sold(line)) {
            page.notice(Tone::Bad, format!("{}: {}", line.sku, page.t.basket.gone));
        }
        let before = basket.lines.len();
        basket.lines.retain(is_sold);
        if basket.lines.len() < before {
            // A shorter basket always fits.
            let _fits = basket.keep(&visitor.jar, &app.config.keys);
        }
    } else if !basket.lines.is_empty() {
        page.notice(Tone::Bad, page.t.basket.unpriced);
    }
    let mut left: BTreeMap<_, _> =
        products.into_iter().flatten().map(|product| (product.sku.clone(), product)).collect();
    let rows: Vec<Row> =
        basket.lines.into_iter().map(|line| Row::new(left.remove(&line.sku), line, &page)).collect();
    let totals = totals(&rows);
    let is_short = |row: &Row| {
        row.product.as_ref().is_some_and(|product| product.available < i64::from(row.line.quantity.get()))
    };
    let (short, mixed) = (rows.iter().any(is_short), totals.len() > 1);
    if short {
        page.notice(Tone::Bad, page.t.basket.short);
    }
    if mixed {
        page.notice(Tone::Bad, page.t.basket.two_currencies);
    }
    let can_order = !totals.is_empty() && !short && !mixed;
    pages::show(&visitor, &BasketPage { page, rows, totals, can_order })
}

/// Takes out what the visitor has ordered if the page of that order was never shown. Otherwise the
/// visitor removes it here, and that page takes it out of a later basket. Returns what is left.
async fn without_placed(visitor: &Visitor, basket: &Basket) -> Option<Basket> {
    let attempt = Attempt::open(&visitor.jar).filter(|attempt| !attempt.is_placed)?;
    let user = visitor.user_id().ok().filter(|_| !basket.lines.is_empty())?;
    let payment = visitor.payment();
    // Most attempts are forms that were not sent. Without an answer, the basket stays as it is.
    let find = pages::soon(Service::Payment, payment.find_order(attempt.key.order_of(user)));
    let order = find.await.ok().flatten()?;
    settle(visitor, attempt, &order)
}

impl Row {
    fn new(product: Option<Product>, line: Line, page: &Frame) -> Self {
        let (units, mut notes) = (line.quantity.get(), Vec::new());
        if let Some(product) = &product {
            if product.price != line.seen {
                let (before, now) = (page.money(&line.seen), page.money(&product.price));
                notes.push(texts::price_changed(&before, &now, page.locale));
            }
            if product.available < i64::from(units) {
                notes.push(texts::short(product.available, page.locale));
            }
        }
        let sum = product.as_ref().and_then(|product| product.price.times(units));
        Self { line, product, sum, notes }
    }

    /// Returns the price that the page shows, as its form carries it.
    fn shown(&self) -> String {
        money::to_text(self.product.as_ref().map_or(self.line.seen, |product| product.price))
    }
}

fn totals(rows: &[Row]) -> Vec<Money> {
    let mut totals: Vec<Money> = Vec::new();
    for sum in rows.iter().filter_map(|row| row.sum) {
        match totals.iter_mut().find(|total| total.currency == sum.currency) {
            Some(total) => *total = total.plus(sum).unwrap_or(*total),
            None => totals.push(sum),
        }
    }
    totals
}
