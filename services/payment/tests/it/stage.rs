//! A Redis of a test's own with the functions of orders and cards, used as the service uses it, by its own user.

use std::{env, fs, path::PathBuf, time::Duration};

use estore_contract::{
    OrderId, PaymentMethodId, UserId,
    payment::{CardView, OrderRequest, PaymentMethod, PaymentType},
};
use estore_kit::{
    config::Env,
    redis::{Redis, connect},
    seal::KeyRing,
};
use estore_payment::{
    Error,
    domain::{Fingerprint, Order, State, StoredCard, protocol::Move},
    store::{
        methods::{self, Record},
        orders::{self, Created, NewOrder},
    },
};
use redis::{Client, FromRedisValue, aio::MultiplexedConnection, cmd};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::model::libraries::payment;

/// How long nobody else takes an order up.
pub(crate) const LEASE: Duration = Duration::from_mins(10);

/// The server, and two users of it.
pub(crate) struct Stage {
    /// As the service has it.
    pub(crate) redis: Redis,
    /// Who may do anything.
    operator: MultiplexedConnection,
    _server: estore_stage::Redis,
}

pub(crate) fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(0xada << 64 | n))
}

pub(crate) fn method(n: u128) -> PaymentMethodId {
    PaymentMethodId(Uuid::from_u128(0xca4d << 64 | n))
}

impl Stage {
    /// An empty one, named after the test.
    pub(crate) async fn start(name: &str) -> Self {
        let project = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let place = env::current_exe().unwrap().ancestors().nth(3).unwrap().join("payment-tests").join(name);
        if place.exists() {
            fs::remove_dir_all(&place).unwrap();
        }
        let rules = fs::read_to_string(project.join("migrations/acl/payment.acl")).unwrap();
        let users = [("payment", "pw", rules.as_str()), ("operator", "pw", "+@all ~*")];
        let server = estore_stage::Redis::start(&place, &users).await.unwrap();
        let loaded = server.ask("operator", "pw", &["FUNCTION", "LOAD", &payment()]).unwrap();
        assert_eq!(loaded, "pay1");
        let port = server.port.to_string();
        let settings = [
            ("REDIS_HOST", "127.0.0.1"),
            ("REDIS_PORT", &port),
            ("REDIS_USERNAME", "payment"),
            ("REDIS_PASSWORD", "pw"),
        ];
        let operator = Client::open(server.url("operator", 0)).unwrap();
        Self {
            redis: connect(&settings.into_iter().collect::<Env>()).unwrap(),
            operator: operator.get_multiplexed_async_connection().await.unwrap(),
            _server: server,
        }
    }

    /// Does whatever an operator may.
    pub(crate) async fn operate<T: FromRedisValue>(&self, command: &[&str]) -> T {
        let [name, args @ ..] = command else { panic!("a command") };
        cmd(name).arg(args).query_async(&mut self.operator.clone()).await.unwrap()
    }

    /// All that is kept, as text, by key.
    pub(crate) async fn dump(&self) -> Vec<(String, String)> {
        let keys: Vec<String> = self.operate(&["KEYS", "*"]).await;
        let mut all = Vec::new();
        for key in keys {
            let kind: String = self.operate(&["TYPE", &key]).await;
            let read: &[&str] = match kind.as_str() {
                "hash" => &["HGETALL", &key],
                "list" => &["LRANGE", &key, "0", "-1"],
                "zset" => &["ZRANGE", &key, "0", "-1"],
                "stream" => &["XRANGE", &key, "-", "+"],
                _ => &["GET", &key],
            };
            let value: redis::Value = self.operate(read).await;
            all.push((key.clone(), format!("{value:?}")));
        }
        all
    }

    /// Saves a card, with the record of a key where there is one.
    pub(crate) async fn save(
        &self,
        keys: &KeyRing,
        user: UserId,
        id: PaymentMethodId,
        key: Option<&str>,
    ) -> Result<Option<Record>, Error> {
        let number = "4242424242424242";
        let card = StoredCard {
            id,
            user,
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
            expiry_month: 12,
            expiry_year: 2029,
            luhn: true,
            sealed: StoredCard::seal(keys, user, id, number).unwrap(),
            created_at: OffsetDateTime::UNIX_EPOCH,
        };
        let (key_id, fingerprint) = card.open(keys).unwrap().fingerprint(keys, None).unwrap();
        let details = CardView {
            brand: card.brand.clone(),
            last4: card.last4.clone(),
            expiry_month: card.expiry_month,
            expiry_year: card.expiry_year,
        };
        let answer =
            PaymentMethod { id, payment_type: PaymentType::Card, details, created_at: card.created_at };
        let record = Record { key_id, fingerprint, answer };
        methods::save(&self.redis, 0, &card, key.map(|key| (key, &record)), 20).await
    }

    /// Makes an order of a user whose card is there.
    pub(crate) async fn create(
        &self,
        user: UserId,
        key: &str,
        request: &OrderRequest,
    ) -> Result<Order, Error> {
        let new = NewOrder {
            id: OrderId::of(user, key),
            user,
            request,
            fingerprint: &Fingerprint::of(request).unwrap(),
            lease: LEASE,
            most_open: (50, 10_000),
            cause: None,
        };
        match orders::create(&self.redis, 0, &new).await? {
            Created::New(order) | Created::Existing(order) => Ok(order),
            Created::Reused(id) => panic!("{id} was made by another body"),
        }
    }

    /// Moves an order on, state by state.
    pub(crate) async fn walk(&self, mut order: Order, way: &[State]) -> Order {
        for to in way {
            order = orders::advance(&self.redis, &order, &Move::to(*to), LEASE).await.unwrap().unwrap().order;
        }
        order
    }

    /// An order as it is.
    pub(crate) async fn read(&self, order: &Order) -> Order {
        orders::read(&self.redis, order.id).await.unwrap()
    }
}
