//! An order in progress, step by step, on the real functions.

use std::ops::RangeInclusive;

use estore_contract::{OrderId, UserId};
use estore_faults::history::{OpKind, Outcome, Seen};
use serde_json::json;

use crate::{shop::Shop, view::lines};

/// An order in progress, as the service that moves it sees it.
pub(crate) struct Moving<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) id: OrderId,
    pub(crate) user: UserId,
    pub(crate) lines: &'a [(&'a str, u32)],
    pub(crate) version: i64,
    pub(crate) state: &'static str,
    pub(crate) total: (i64, String),
}

impl Moving<'_> {
    /// Advances the order, with fields and types of ledger entries.
    pub(crate) async fn advance(&mut self, to: &'static str, fields: &[&str], entries: &[&str]) {
        let (id, version) = (self.id.to_string(), self.version.to_string());
        let fields = json!(fields).to_string();
        let (amount, currency) = (self.total.0.to_string(), self.total.1.as_str());
        // A refund in a transition is the one that undoes a capture: number 0.
        let n = |kind: &str| if kind == "refund" { "0" } else { "" };
        let entries: Vec<&str> =
            entries.iter().flat_map(|kind| [*kind, amount.as_str(), currency, n(kind)]).collect();
        let args = [&id, &version, self.state, to, "600000", &fields, &json!(entries).to_string()];
        assert_eq!(self.shop.stage.call("pay1_advance", &args).await, ["advanced"]);
        if to == "completed" {
            self.mailed("confirmed").await;
        }
        (self.version, self.state) = (self.version + 1, to);
    }

    /// Advances the order as services since version 7 do: in as few steps as possible, and with a
    /// view if the state is final.
    async fn step(&mut self, to: &'static str, fields: &[&str], entries: &[&str]) {
        let (id, version) = (self.id.to_string(), self.version.to_string());
        let is_final = matches!(to, "completed" | "cancelled");
        let view = if is_final { lines(&self.shop.view(self.id).await) } else { String::new() };
        let (amount, currency) = (self.total.0.to_string(), self.total.1.as_str());
        let entries: Vec<&str> =
            entries.iter().flat_map(|kind| [*kind, amount.as_str(), currency, ""]).collect();
        let count = entries.len().to_string();
        let first = [&id, &version, self.state, to, "600000", "", &view, &count];
        let args = [&first[..], &entries, fields].concat();
        assert_eq!(self.shop.stage.call("pay1_step", &args).await[0], "advanced");
        if to == "completed" {
            self.mailed("confirmed").await;
        }
        (self.version, self.state) = (self.version + 1, to);
    }

    /// Holds the stock, creates a payment, and notes both at once.
    pub(crate) async fn reserve_and_note(&mut self) {
        let held = self.hold("600000").await;
        let (lines, deadline) = self.priced(&held);
        let (amount, currency, user) =
            (self.total.0.to_string(), self.total.1.clone(), self.user.to_string());
        assert_eq!(self.ask("gw1_create", &[&amount, &currency, &user]).await, ["created"]);
        let payment = format!("sandbox_{}", self.id);
        let fields = [
            "lines", &lines, "amount", &amount, "currency", &currency, "deadline", &deadline, "payment",
            &payment,
        ];
        self.step("reserved", &fields, &[]).await;
    }

    /// Holds the stock and creates a payment, and notes neither.
    pub(crate) async fn create_unnoted(&mut self) {
        let held = self.hold("600000").await;
        let _noted_later = self.priced(&held);
        let (amount, currency, user) =
            (self.total.0.to_string(), self.total.1.clone(), self.user.to_string());
        assert_eq!(self.ask("gw1_create", &[&amount, &currency, &user]).await, ["created"]);
    }

    /// Authorizes the money and notes at once that the stock is about to be sold.
    pub(crate) async fn authorize_and_confirm(&mut self) {
        self.charge("").await;
        self.step("confirming", &[], &["authorization"]).await;
    }

    /// Completes the order in four steps.
    pub(crate) async fn complete_at_once(&mut self) {
        self.reserve_and_note().await;
        self.authorize_and_confirm().await;
        self.sell().await;
        self.take().await;
        self.step("completed", &[], &["capture"]).await;
    }

    /// Undoes the order, and writes its view.
    pub(crate) async fn undo_at_once(&mut self, code: &str) {
        let failure = json!({"code": code, "message": "It did not work."}).to_string();
        self.step("cancelling", &["failure", &failure], &[]).await;
        let voided = self.void().await;
        self.release().await;
        let entries: &[&str] =
            if voided.get(1).is_some_and(|was| was == "1") { &["authorization", "void"] } else { &[] };
        self.step("cancelled", &[], entries).await;
    }

    /// Requests an email from the Verification Service.
    async fn mailed(&self, what: &str) {
        let name = format!("{}/{what}", self.id);
        // A closed account gets no email.
        let closed: i64 =
            self.shop.stage.operate(&["EXISTS", &format!("{{pay}}:u:{}:closed", self.user)]).await;
        let asked = (1 - closed).to_string();
        assert_eq!(self.shop.stage.call("pay1_mail_done", &[&name]).await, [asked]);
    }

    async fn ask(&self, function: &str, rest: &[&str]) -> Vec<String> {
        let id = self.id.to_string();
        let args: Vec<&str> = std::iter::once(id.as_str()).chain(rest.iter().copied()).collect();
        self.shop.stage.call(function, &args).await
    }

    /// Asks Inventory to hold the stock, and returns its answer.
    pub(crate) async fn hold(&self, ttl: &str) -> Vec<String> {
        let mut sums: Vec<(&str, u32)> = Vec::new();
        for (sku, units) in self.lines {
            match sums.iter_mut().find(|(other, _)| other == sku) {
                Some((_, sum)) => *sum += units,
                None => sums.push((sku, *units)),
            }
        }
        let texts: Vec<String> = sums.iter().map(|(_, units)| units.to_string()).collect();
        let mut args = vec!["f", ttl];
        args.extend(sums.iter().zip(&texts).flat_map(|((sku, _), units)| [*sku, units.as_str()]));
        self.ask("inv1_reserve", &args).await
    }

    /// Holds the stock for `ttl` ms.
    pub(crate) async fn reserve(&mut self, ttl: &str) {
        let held = self.hold(ttl).await;
        let (lines, deadline) = self.priced(&held);
        let (amount, currency) = (self.total.0.to_string(), self.total.1.clone());
        let fields = ["lines", &lines, "amount", &amount, "currency", &currency, "deadline", &deadline];
        self.advance("reserved", &fields, &[]).await;
    }

    /// Sums the held lines. Returns them as JSON, and the deadline.
    fn priced(&mut self, held: &[String]) -> (String, String) {
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
        (json!(lines).to_string(), held[1].clone())
    }

    /// Creates the payment and notes it.
    pub(crate) async fn create_payment(&mut self) {
        let (amount, currency) = (self.total.0.to_string(), self.total.1.clone());
        let user = self.user.to_string();
        assert_eq!(self.ask("gw1_create", &[&amount, &currency, &user]).await, ["created"]);
        self.advance("reserved", &["payment", &format!("sandbox_{}", self.id)], &[]).await;
    }

    /// Lets the gateway authorize the money, or decline.
    pub(crate) async fn charge(&self, decline: &str) {
        let word = if decline.is_empty() { "authorized" } else { "declined" };
        assert_eq!(self.ask("gw1_authorize", &[decline]).await[0], word);
    }

    /// Authorizes the money.
    pub(crate) async fn authorize(&mut self) {
        self.charge("").await;
        self.advance("authorized", &[], &["authorization"]).await;
    }

    /// Lets Inventory sell the stock.
    pub(crate) async fn sell(&self) {
        assert_eq!(self.ask("inv1_confirm", &[]).await[0], "confirmed");
    }

    /// Lets the gateway capture the money.
    pub(crate) async fn take(&self) {
        assert_eq!(self.ask("gw1_capture", &[]).await, ["captured"]);
    }

    /// Lets the gateway void the payment.
    pub(crate) async fn void(&self) -> Vec<String> {
        self.ask("gw1_void", &[]).await
    }

    /// Advances the order up to `confirming`.
    pub(crate) async fn up_to_confirming(&mut self) {
        self.reserve("600000").await;
        self.create_payment().await;
        self.authorize().await;
        self.advance("confirming", &[], &[]).await;
    }

    /// Completes an order that costs nothing: the gateway gets no payment.
    pub(crate) async fn give_away(&mut self) {
        self.reserve("600000").await;
        assert_eq!(self.total.0, 0);
        self.advance("authorized", &[], &[]).await;
        self.advance("confirming", &[], &[]).await;
        self.sell().await;
        self.advance("confirmed", &[], &[]).await;
        self.advance("completed", &[], &[]).await;
    }

    /// Advances the order up to `confirmed`.
    pub(crate) async fn up_to_confirmed(&mut self) {
        self.up_to_confirming().await;
        self.sell().await;
        self.advance("confirmed", &[], &[]).await;
    }

    /// Completes the order.
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

    /// Releases or restocks its units.
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

    /// Records the answer to an operation that its client invoked before.
    pub(crate) async fn tell(&self, op: u64, status: u16) {
        let seen = Seen::Order(self.shop.view(self.id).await);
        self.shop.history.end(op, Outcome::Ok { status, seen });
    }

    /// Records a refusal that names the order.
    pub(crate) fn refuse(&self, op: u64, status: u16, code: &str) {
        let outcome = Outcome::Refused { status, code: code.to_owned(), order: Some(self.id) };
        self.shop.history.end(op, outcome);
    }

    /// Refunds money, and units if `restock`, through these states.
    pub(crate) async fn refund(&self, key: &str, lines: &[(&str, u32)], restock: bool, states: &[&str]) {
        let order = self.id;
        let of = lines.iter().map(|(sku, units)| (sku.parse().unwrap(), *units)).collect();
        let kind = OpKind::Refund { order, key: key.to_owned(), lines: Some(of), restock };
        let op = self.shop.history.invoke(2, kind);
        let snapshot = self.shop.snapshot().await;
        let price = snapshot.orders[&order].price.as_ref().unwrap();
        let amount = lines
            .iter()
            .map(|(sku, units)| {
                let line = price.lines.iter().find(|line| line.sku.as_str() == *sku).unwrap();
                line.unit_price.amount * i64::from(*units)
            })
            .sum();
        let n = self.request_refund(key, lines, amount, restock).await;
        let n_text = n.to_string();
        let mut from = "requested";
        for (version, to) in (1..).zip(states) {
            match *to {
                "paid" if amount > 0 => self.pay_back(n, amount).await,
                "done" if restock => self.put_back(n, lines).await,
                _ => {}
            }
            let failure = if *to == "failed" { "expired_or_canceled_card" } else { "" };
            let args = [&n_text, &version.to_string(), from, to, "600000", failure];
            assert_eq!(self.ask("pay1_advance_refund", &args).await, ["advanced"]);
            if *to == "paid" && amount > 0 {
                self.mailed(&format!("refunded/{n}")).await;
            }
            from = to;
        }
        let seen = Seen::Refund { n: u32::try_from(n).unwrap(), status: from.to_owned(), amount };
        self.shop.history.end(op, Outcome::Ok { status: 201, seen });
    }

    /// Makes refunds with these numbers, of one unit each. Nobody sees the answers.
    pub(crate) async fn refund_each(&self, sku: &str, amount: i64, numbers: RangeInclusive<i64>) {
        for n in numbers {
            let number = n.to_string();
            assert_eq!(self.request_refund(&number, &[(sku, 1)], amount, false).await, n);
            self.pay_back(n, amount).await;
            for (version, from, to) in [("1", "requested", "paid"), ("2", "paid", "done")] {
                let args = [number.as_str(), version, from, to, "600000", ""];
                assert_eq!(self.ask("pay1_advance_refund", &args).await, ["advanced"]);
            }
            self.mailed(&format!("refunded/{n}")).await;
        }
    }

    /// Records a refund, and returns its number.
    async fn request_refund(&self, key: &str, lines: &[(&str, u32)], amount: i64, restock: bool) -> i64 {
        let order = format!("{{pay}}:o:{}", self.id);
        let seen: Option<String> = self.shop.stage.operate(&["HGET", &order, "refund_version"]).await;
        let flat: Vec<String> =
            lines.iter().flat_map(|(sku, units)| [(*sku).to_owned(), units.to_string()]).collect();
        let (seen, flat, amount) =
            (seen.unwrap_or("0".to_owned()), json!(flat).to_string(), amount.to_string());
        let restock = if restock { "1" } else { "0" };
        let args = [key, "f", &seen, &flat, &amount, restock, "wrong size", "600000"];
        assert_eq!(self.ask("pay1_refund", &args).await, ["created"]);
        self.shop.stage.operate(&["HGET", &order, "refunds"]).await
    }

    /// Lets the gateway send refund `n`.
    pub(crate) async fn pay_back(&self, n: i64, amount: i64) {
        assert_eq!(self.ask("gw1_refund", &[&n.to_string(), &amount.to_string()]).await, ["done"]);
    }

    /// Restocks the units of refund `n`.
    pub(crate) async fn put_back(&self, n: i64, lines: &[(&str, u32)]) {
        let texts: Vec<String> = lines.iter().map(|(_, units)| units.to_string()).collect();
        let n = n.to_string();
        let mut args = vec![n.as_str()];
        args.extend(lines.iter().zip(&texts).flat_map(|((sku, _), units)| [*sku, units.as_str()]));
        assert_eq!(self.ask("inv1_return", &args).await[0], "confirmed");
    }
}
