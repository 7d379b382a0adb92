//! A Redis of the test's own with the functions of orders and cards, used as the service uses it,
//! by the service's own user.

use std::{collections::BTreeMap, env, time::Duration};

use estore_base::{config::Env, seal::KeyRing};
use estore_contract::{
    Money, OrderId, PaymentMethodId, UserId,
    payment::{CardView, OrderRequest, PaymentMethod, PaymentType},
};
use estore_payment::{
    Error,
    domain::{
        Fingerprint, Order, RefundStage, State, StoredCard,
        protocol::{RefundTransition, Transition},
    },
    store::{
        methods::{self, Record},
        orders::{self, Created, NewOrder},
        refunds::{self, NewRefund, Requested},
    },
};
use estore_stores::redis::{Redis, connect};
use redis::{AsyncConnectionConfig, Client, FromRedisValue, aio::MultiplexedConnection, cmd};
use time::OffsetDateTime;
use uuid::Uuid;

/// The time for which no other caller takes an order up.
pub(crate) const LEASE: Duration = Duration::from_mins(10);

/// The longest wait of the operator for a connection and for an answer.
const PATIENCE: Duration = Duration::from_mins(2);

/// The server, and two users of it.
pub(crate) struct Stage {
    /// The connection that the service has.
    pub(crate) redis: Redis,
    /// The connection of a user who may do anything.
    operator: MultiplexedConnection,
    pub(crate) server: estore_testbed::Redis,
}

pub(crate) fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(0xada << 64 | n))
}

pub(crate) fn method(n: u128) -> PaymentMethodId {
    PaymentMethodId(Uuid::from_u128(0xca4d << 64 | n))
}

impl Stage {
    /// Starts an empty server, named after the test.
    pub(crate) async fn start(name: &str) -> Self {
        let place = env::current_exe().unwrap().ancestors().nth(3).unwrap().join("payment-tests").join(name);
        let server =
            estore_testbed::Redis::with_functions(&place, &["payment"], &["payment/pay1"], &[]).await;
        let server = server.unwrap();
        let operator = Client::open(server.url("operator", 0)).unwrap();
        // By default, half a second, which a busy machine exceeds.
        let patient = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        Self {
            redis: connect(&server.settings("payment", 0).into_iter().collect::<Env>()).unwrap(),
            operator: operator.get_multiplexed_async_connection_with_config(&patient).await.unwrap(),
            server,
        }
    }

    /// Runs any command that an operator may run.
    pub(crate) async fn operate<T: FromRedisValue>(&self, command: &[&str]) -> T {
        let [name, args @ ..] = command else { panic!("a command") };
        cmd(name).arg(args).query_async(&mut self.operator.clone()).await.unwrap()
    }

    /// Waits until the store's clock has left the millisecond that it shows now.
    pub(crate) async fn next_millisecond(&self) {
        let now = async || {
            let (seconds, micros): (u64, u64) = self.operate(&["TIME"]).await;
            (seconds, micros / 1000)
        };
        let began = now().await;
        while now().await == began {}
    }

    /// Returns all kept data as text, by key.
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

    /// Saves a card, with the record of a key if there is one.
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
            sealed: StoredCard::encrypt(keys, user, id, number).unwrap(),
            created_at: OffsetDateTime::UNIX_EPOCH,
        };
        let (key_id, fingerprint) = card.decrypt(keys).unwrap().fingerprint(keys, None).unwrap();
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

    /// Refunds one unit of a completed order.
    pub(crate) async fn refund(&self, order: &Order, key: &str) {
        self.refund_to(order, key, RefundTransition { to: RefundStage::Paid, failure: None }).await;
    }

    /// Requests the refund of one unit of a completed order, and takes one step.
    pub(crate) async fn refund_to(&self, order: &Order, key: &str, step: RefundTransition) {
        let new = NewRefund {
            order,
            key,
            fingerprint: &Fingerprint(key.to_owned()),
            lines: &BTreeMap::from([("MUG".parse().unwrap(), 1)]),
            amount: Money::new(500, "USD".parse().unwrap()),
            restock: false,
            reason: None,
            lease: LEASE,
            cause: None,
        };
        let Requested::New(both) = refunds::request(&self.redis, &new).await.unwrap() else {
            panic!("a refund")
        };
        assert!(refunds::advance(&self.redis, order.id, &both.1, &step, LEASE).await.unwrap().0);
    }

    /// Creates an order of a user who has a card.
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
            order = orders::advance(&self.redis, &order, &Transition::to(*to), LEASE)
                .await
                .unwrap()
                .unwrap()
                .order;
        }
        order
    }

    /// Reads the current order.
    pub(crate) async fn read(&self, order: &Order) -> Order {
        orders::read(&self.redis, order.id).await.unwrap()
    }
}
