//! A small shop on the real functions: its customers, their operations, and the answers.

use estore_contract::{OrderId, PaymentMethodId, UserId, payment};
use estore_faults::{
    history::{CardKind, History, Op, OpKind, Outcome, Seen},
    stores::Snapshot,
};
use serde_json::json;
use uuid::Uuid;

use crate::{order::Moving, stage::Stage, view::view};

/// The fixture.
pub(crate) struct Shop {
    pub(crate) stage: Stage,
    pub(crate) history: History,
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
        let record = r#"{"key_id":"k1","fingerprint":"f"}"#;
        let args = [&user.to_string(), &id.to_string(), &json, "20", "k", record];
        assert_eq!(self.stage.call("pay1_save_method", &args).await, ["saved"]);
        self.history.end(op, Outcome::Ok { status: 201, seen: Seen::Card(id) });
    }

    pub(crate) fn asks(user: UserId, key: &str, lines: &[(&str, u32)]) -> OpKind {
        let lines = lines.iter().map(|(sku, units)| (sku.parse().unwrap(), *units)).collect();
        OpKind::Order { user, key: key.to_owned(), lines, card: CardKind::Good }
    }

    /// Creates an order; nothing is held yet.
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
        let units: u32 = lines.iter().map(|(_, units)| units).sum();
        let (id_text, user_text, method) = (id.to_string(), user.to_string(), card(user).to_string());
        let units = units.to_string();
        let mut args =
            vec![id_text.as_str(), &user_text, "f", &request, &method, &units, "600000", "50", "10000"];
        args.extend(["ada@example.com", "en", "Ada"]);
        assert_eq!(self.stage.call("pay1_create", &args).await, ["created"]);
        Moving { shop: self, id, user, lines, version: 1, state: "accepted", total: (0, "USD".to_owned()) }
    }

    /// Returns the order as its owner sees it now.
    pub(crate) async fn view(&self, id: OrderId) -> payment::Order {
        view(id, &self.stage.snapshot().await)
    }

    /// Records that a client reads the order.
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
