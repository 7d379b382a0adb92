//! A small shop on the real functions: its customers, what they do, and what they are told.

use estore_contract::{
    Money, OrderId, PaymentMethodId, UserId,
    payment::{self, OrderCard, OrderFailure, OrderLine},
};
use estore_faults::{
    history::{CardKind, History, Op, OpKind, Outcome, Seen},
    stores::{Order, Snapshot},
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{not_yet, stage::Stage};

/// The shop.
pub(crate) struct Shop {
    pub(crate) stage: Stage,
    pub(crate) history: History,
}

/// An order under way, as whoever moves it sees it.
pub(crate) struct Moving<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) id: OrderId,
    pub(crate) user: UserId,
    lines: &'a [(&'a str, u32)],
    version: i64,
    state: &'static str,
    total: (i64, String),
}

pub(crate) fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(0xa11ce << 64 | n))
}

pub(crate) fn card(user: UserId) -> PaymentMethodId {
    PaymentMethodId(Uuid::new_v5(&user.0, b"card"))
}

impl Shop {
    pub(crate) async fn start(name: &str) -> Self {
        let shop = Self { stage: Stage::start(name).await, history: History::new() };
        assert_eq!(shop.stage.call("inv1_put_category", &["c", "Things", ""]).await, ["ok"]);
        shop
    }

    pub(crate) async fn product(&self, sku: &str, amount: i64, currency: &str, stock: u32) {
        let idx = json!({"sort_name": sku, "category": "c", "tags": [], "words": [[sku.to_lowercase(), 1]]});
        let (idx, amount, stock) = (idx.to_string(), amount.to_string(), stock.to_string());
        let args = [sku, "create", "", "{}", sku, &amount, currency, &idx, &stock];
        assert_eq!(self.stage.call("inv1_put_product", &args).await, ["created", "1"]);
    }

    /// Saves a user's card.
    pub(crate) async fn save_card(&self, user: UserId) {
        let op = self.history.invoke(0, OpKind::SaveCard { user });
        let id = card(user);
        let json =
            json!({"id": id, "user": user, "brand": "visa", "last4": "4242", "sealed": "x"}).to_string();
        let args = [&user.to_string(), &id.to_string(), &json, "20", "", ""];
        assert_eq!(self.stage.call("pay1_save_method", &args).await, ["saved"]);
        self.history.end(op, Outcome::Ok { status: 201, seen: Seen::Card(id) });
    }

    pub(crate) fn asks(user: UserId, key: &str, lines: &[(&str, u32)]) -> OpKind {
        let lines = lines.iter().map(|(sku, pieces)| (sku.parse().unwrap(), *pieces)).collect();
        OpKind::Order { user, key: key.to_owned(), lines, card: CardKind::Good }
    }

    /// An order is made; nothing is held yet.
    pub(crate) async fn create<'a>(
        &'a self,
        user: UserId,
        key: &str,
        lines: &'a [(&'a str, u32)],
    ) -> Moving<'a> {
        let id = OrderId::of(user, key);
        let items: Vec<_> =
            lines.iter().map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity})).collect();
        let request = json!({"items": items, "payment_method_id": card(user)}).to_string();
        let units: u32 = lines.iter().map(|(_, pieces)| pieces).sum();
        let (id_text, user_text, method) = (id.to_string(), user.to_string(), card(user).to_string());
        let args =
            [&id_text, &user_text, "f", &request, &method, &units.to_string(), "600000", "50", "10000"];
        assert_eq!(self.stage.call("pay1_create", &args).await, ["created"]);
        not_yet::opened(&self.stage, id).await;
        Moving { shop: self, id, user, lines, version: 1, state: "accepted", total: (0, "USD".to_owned()) }
    }

    /// An order as its owner sees it now.
    pub(crate) async fn view(&self, id: OrderId) -> payment::Order {
        view(id, &self.stage.snapshot().await.orders[&id])
    }

    /// A client reads an order.
    pub(crate) async fn read(&self, id: OrderId) {
        let op = self.history.invoke(1, OpKind::Read { order: id });
        let seen = Seen::Order(self.view(id).await);
        self.history.end(op, Outcome::Ok { status: 200, seen });
    }

    pub(crate) async fn snapshot(&self) -> Snapshot {
        self.stage.snapshot().await
    }

    pub(crate) fn ops(&self) -> Vec<Op> {
        self.history.ops()
    }
}

pub(crate) fn view(id: OrderId, order: &Order) -> payment::Order {
    let date = |ms: i64| OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).unwrap();
    let pieces = |n: &i64| u32::try_from(*n).unwrap();
    let items = match &order.price {
        Some(price) => price
            .lines
            .iter()
            .map(|line| OrderLine {
                sku: line.sku.clone(),
                name: Some(line.name.clone()),
                quantity: pieces(&line.quantity),
                unit_price: Some(line.unit_price),
                line_total: Some(line.line_total),
            })
            .collect(),
        None => order
            .asked
            .iter()
            .map(|(sku, n)| OrderLine {
                sku: sku.clone(),
                name: None,
                quantity: pieces(n),
                unit_price: None,
                line_total: None,
            })
            .collect(),
    };
    let total = order.price.as_ref().map(|price| Money::new(price.amount, price.currency));
    payment::Order {
        id,
        status: order.status(),
        items,
        total,
        payment_method: OrderCard { id: order.method, brand: "visa".to_owned(), last4: "4242".to_owned() },
        refunded: total.map(|total| Money::new(order.refunded, total.currency)),
        failure: order
            .failure
            .clone()
            .map(|code| OrderFailure { code, message: "It did not work.".to_owned() }),
        shipping_address: None,
        created_at: date(order.created_at),
        updated_at: date(order.created_at),
    }
}

impl Moving<'_> {
    /// Moves on, with fields and kinds of ledger entries.
    pub(crate) async fn advance(&mut self, to: &'static str, fields: &[&str], entries: &[&str]) {
        let (id, version) = (self.id.to_string(), self.version.to_string());
        let fields = json!(fields).to_string();
        let fields = if fields == "[]" { "{}" } else { &fields };
        let args = [&id, &version, self.state, to, "600000", fields, "{}"];
        assert_eq!(self.shop.stage.call("pay1_advance", &args).await, ["advanced"]);
        for kind in entries {
            let total = (self.total.0, self.total.1.as_str());
            not_yet::entry(&self.shop.stage, (self.user, self.id), kind, total, None).await;
        }
        if ["completed", "cancelled"].contains(&to) {
            not_yet::closed(&self.shop.stage, self.id).await;
        }
        (self.version, self.state) = (self.version + 1, to);
    }

    async fn ask(&self, function: &str, rest: &[&str]) -> Vec<String> {
        let id = self.id.to_string();
        let args: Vec<&str> = std::iter::once(id.as_str()).chain(rest.iter().copied()).collect();
        self.shop.stage.call(function, &args).await
    }

    /// Asks Inventory to hold the stock; answers as it does.
    pub(crate) async fn hold(&self, ttl: &str) -> Vec<String> {
        let mut sums: Vec<(&str, u32)> = Vec::new();
        for (sku, pieces) in self.lines {
            match sums.iter_mut().find(|(other, _)| other == sku) {
                Some((_, sum)) => *sum += pieces,
                None => sums.push((sku, *pieces)),
            }
        }
        let texts: Vec<String> = sums.iter().map(|(_, pieces)| pieces.to_string()).collect();
        let mut args = vec!["f", ttl];
        args.extend(sums.iter().zip(&texts).flat_map(|((sku, _), pieces)| [*sku, pieces.as_str()]));
        self.ask("inv1_reserve", &args).await
    }

    /// The stock is held for so many ms.
    pub(crate) async fn reserve(&mut self, ttl: &str) {
        let held = self.hold(ttl).await;
        assert_eq!(held[0], "held");
        let lines: Vec<_> = held[2..]
            .chunks_exact(6)
            .map(|line| {
                let (quantity, amount): (i64, i64) = (line[2].parse().unwrap(), line[3].parse().unwrap());
                self.total = (self.total.0 + quantity * amount, line[4].clone());
                json!({"sku": line[0], "name": line[1], "quantity": quantity,
                    "unit_price": {"amount": amount, "currency": line[4]},
                    "line_total": {"amount": quantity * amount, "currency": line[4]}})
            })
            .collect();
        let (lines, amount, currency) =
            (json!(lines).to_string(), self.total.0.to_string(), self.total.1.clone());
        let fields =
            ["lines", &lines, "amount", &amount, "currency", &currency, "deadline", held[1].as_str()];
        self.advance("reserved", &fields, &[]).await;
    }

    /// The payment is there, and noted.
    pub(crate) async fn create_payment(&mut self) {
        let (amount, currency) = (self.total.0.to_string(), self.total.1.clone());
        assert_eq!(self.ask("gw1_create", &[&amount, &currency]).await, ["created"]);
        not_yet::gateway_user(&self.shop.stage, self.id, self.user).await;
        self.advance("reserved", &["payment", &format!("sandbox_{}", self.id)], &[]).await;
    }

    /// The gateway sets the money aside, or declines.
    pub(crate) async fn charge(&self, decline: &str) {
        let word = if decline.is_empty() { "authorized" } else { "declined" };
        assert_eq!(self.ask("gw1_authorize", &[decline]).await[0], word);
    }

    /// The money is set aside.
    pub(crate) async fn authorize(&mut self) {
        self.charge("").await;
        self.advance("authorized", &[], &["authorization"]).await;
    }

    /// Inventory sells.
    pub(crate) async fn sell(&self) {
        assert_eq!(self.ask("inv1_confirm", &[]).await[0], "confirmed");
    }

    /// The gateway takes the money.
    pub(crate) async fn take(&self) {
        assert_eq!(self.ask("gw1_capture", &[]).await, ["captured"]);
    }

    /// The gateway voids.
    pub(crate) async fn void(&self) -> Vec<String> {
        self.ask("gw1_void", &[]).await
    }

    /// All the way up to `confirming`.
    pub(crate) async fn up_to_confirming(&mut self) {
        self.reserve("600000").await;
        self.create_payment().await;
        self.authorize().await;
        self.advance("confirming", &[], &[]).await;
    }

    /// All the way up to `confirmed`.
    pub(crate) async fn up_to_confirmed(&mut self) {
        self.up_to_confirming().await;
        self.sell().await;
        self.advance("confirmed", &[], &[]).await;
    }

    /// All the way.
    pub(crate) async fn complete(&mut self) {
        self.up_to_confirmed().await;
        self.take().await;
        self.advance("completed", &[], &["capture"]).await;
    }

    /// Begins to undo it, for a reason or because its client asked.
    pub(crate) async fn cancelling(&mut self, code: Option<&str>) {
        let failure = code.map(|code| json!({"code": code, "message": "It did not work."}).to_string());
        let fields: Vec<&str> = failure.iter().flat_map(|failure| ["failure", failure.as_str()]).collect();
        self.advance("cancelling", &fields, &[]).await;
    }

    /// Lets its stock go, or puts it back.
    pub(crate) async fn release(&self) {
        if self.ask("inv1_release", &[]).await == ["confirmed"] {
            assert_eq!(self.ask("inv1_return", &["0"]).await[0], "returned");
        }
    }

    /// Undoes it: the money first, then the stock.
    pub(crate) async fn undo(&mut self) {
        let voided = self.void().await;
        let authorized = voided.get(1).is_some_and(|was| was == "1");
        self.release().await;
        self.advance("cancelled", &[], if authorized { &["void"] } else { &[] }).await;
    }

    /// The answer that its client got, to an operation that was invoked before.
    pub(crate) async fn tell(&self, op: u64, status: u16) {
        let seen = Seen::Order(self.shop.view(self.id).await);
        self.shop.history.end(op, Outcome::Ok { status, seen });
    }

    /// A refusal that names the order.
    pub(crate) fn refuse(&self, op: u64, status: u16, code: &str) {
        let outcome = Outcome::Refused { status, code: code.to_owned(), order: Some(self.id) };
        self.shop.history.end(op, outcome);
    }

    /// Sends money, and perhaps stock, back: through these states.
    pub(crate) async fn refund(&self, key: &str, lines: &[(&str, u32)], restock: bool, states: &[&str]) {
        let order = self.id;
        let of = lines.iter().map(|(sku, pieces)| (sku.parse().unwrap(), *pieces)).collect();
        let kind = OpKind::Refund { order, key: key.to_owned(), lines: Some(of), restock };
        let op = self.shop.history.invoke(2, kind);
        let snapshot = self.shop.snapshot().await;
        let price = snapshot.orders[&order].price.as_ref().unwrap();
        let amount = lines
            .iter()
            .map(|(sku, pieces)| {
                let line = price.lines.iter().find(|line| line.sku.as_str() == *sku).unwrap();
                line.unit_price.amount * i64::from(*pieces)
            })
            .sum();
        let new = not_yet::NewRefund { key, lines, amount, currency: price.currency.code(), restock };
        let stage = &self.shop.stage;
        let n = not_yet::requested(stage, order, &new).await;
        let mut from = "requested";
        for to in states {
            match *to {
                "paid" => not_yet::gateway_refund(stage, order, n, amount).await,
                "done" if restock => self.put_back(n, lines).await,
                _ => {}
            }
            not_yet::advance_refund(stage, self.user, order, n, from, to).await;
            from = to;
        }
        let seen = Seen::Refund { n: u32::try_from(n).unwrap(), status: from.to_owned(), amount };
        self.shop.history.end(op, Outcome::Ok { status: 201, seen });
    }

    /// Stock comes back, for the n-th time.
    pub(crate) async fn put_back(&self, n: i64, lines: &[(&str, u32)]) {
        let texts: Vec<String> = lines.iter().map(|(_, pieces)| pieces.to_string()).collect();
        let n = n.to_string();
        let mut args = vec![n.as_str()];
        args.extend(lines.iter().zip(&texts).flat_map(|((sku, _), pieces)| [*sku, pieces.as_str()]));
        assert_eq!(self.ask("inv1_return", &args).await[0], "confirmed");
    }
}
