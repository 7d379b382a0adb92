//! A load of many buyers at a rate. Lines on standard input control it, and it reports on standard
//! output.

use std::{
    io::{self, Write},
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use estore_base::config::Env;
use estore_checker::history::Outcome;
use estore_contract::Sku;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc;

use super::open::open;
use crate::{
    Ended, History, Line,
    config::Credentials,
    load::{Buyer, ORDERS_A_STEP, Paced, Refunder, Shelf, sell_out, settle},
};

/// The number of products with more than enough stock.
const BROAD: usize = 12;
const PLENTY: i64 = 1_000_000;
/// The number of concurrent registrations: each takes a place in the hash pool.
const AT_ONCE: usize = 8;
/// The time within which all outcomes must be known at the end (order-flow section 6: holds that
/// expire take longest).
const LIMIT: Duration = Duration::from_mins(3);

/// Without a rate it follows lines on standard input. `begin RATE UNITS` lets the buyers place RATE
/// orders a second, and compete for a product with UNITS. `end` lets them finish, and retries until
/// every outcome is known. `look` lets each read one of their orders.
#[derive(Debug, Args)]
pub struct LoadOptions {
    /// The number of buyers.
    #[arg(long, default_value_t = 48)]
    buyers: u32,
    /// Orders a second, from the beginning.
    #[arg(long)]
    rate: Option<f64>,
    /// The duration in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// Lets many buyers shop, and records their operations.
pub async fn load(env: &Env, options: &LoadOptions) -> Result<()> {
    let mut crowd = Crowd::gather(env, options.buyers).await?;
    tell(&Line::Ready)?;
    if let Some(rate) = options.rate {
        let load = crowd.begin(rate, 0).await?;
        tokio::time::sleep(Duration::from_secs(options.seconds)).await;
        return tell(&Line::Ended(crowd.end(load).await?));
    }
    let (mut lines, mut load) = (lines(), None);
    while let Some(line) = lines.recv().await {
        let words: Vec<&str> = line.split_whitespace().collect();
        let done = match (words.as_slice(), load.take()) {
            (["begin", rate, units], None) => match crowd.begin(rate.parse()?, units.parse()?).await {
                Ok(begun) => {
                    load = Some(begun);
                    Ok(Line::Begun { at_ms: crowd.history.now_ms() })
                }
                Err(error) => Err(error),
            },
            (["end"], Some(load)) => crowd.end(load).await.map(Line::Ended),
            (["look"], None) => Ok(crowd.look().await),
            (other, _) => bail!("not understood now: {other:?}"),
        };
        tell(&done.unwrap_or_else(|error| Line::Failed { why: format!("{error:#}") }))?;
    }
    Ok(())
}

/// Buyers with accounts and cards, an admin, and the SKUs for sale.
struct Crowd {
    history: Arc<History>,
    buyers: Vec<Arc<Buyer>>,
    admin: Arc<Refunder>,
    broad: Vec<Sku>,
    hot: Option<(Sku, u32)>,
    runs: u64,
}

impl Crowd {
    async fn gather(env: &Env, buyers: u32) -> Result<Self> {
        let shop = open(env).await?;
        let history = Arc::new(History::to(Box::new(io::stdout())));
        let Credentials { email, password } = Credentials::of_admin(env)?;
        let admin = Arc::new(Refunder::login(&shop, &email, password, history.clone()).await?);
        let mut broad = Vec::new();
        for n in 0..BROAD {
            let price = 100 + i64::try_from(n)? * 37;
            broad.push(admin.add_product(PLENTY, price).await?);
        }
        let register = |n| Buyer::register(n, &shop, history.clone());
        let buyers = stream::iter(0..buyers).map(register).buffered(AT_ONCE).map_ok(Arc::new).try_collect();
        let buyers = buyers.await.context("register the buyers")?;
        Ok(Self { history, buyers, admin, broad, hot: None, runs: 0 })
    }

    async fn begin(&mut self, orders_a_second: f64, units: u32) -> Result<Paced> {
        self.runs += 1;
        self.admin.refresh().await;
        if units > 0 {
            let sku = self.admin.add_product(i64::from(units), 500).await?;
            self.hot = Some((sku, units));
        }
        let hot = self.hot.as_ref().map(|(sku, _)| sku.clone());
        let goods = Shelf { broad: self.broad.clone(), hot };
        let dice = (self.runs, fastrand::u64(..));
        Ok(Paced::begin(&self.buyers, &self.admin, &goods, dice, orders_a_second / ORDERS_A_STEP))
    }

    /// Lets each buyer read the last of their completed orders.
    async fn look(&self) -> Line {
        let ops = self.history.ops();
        let (mut read, mut of) = (0, 0);
        for buyer in &self.buyers {
            let mut theirs = ops.iter().rev().filter(|op| op.client == buyer.number);
            let Some(order) = theirs.find_map(|op| op.seen_order().map(|order| order.id)) else { continue };
            of += 1;
            if matches!(buyer.read(order).await, Outcome::Ok { .. }) {
                read += 1;
            }
        }
        Line::Looked { read, of }
    }

    async fn end(&mut self, load: Paced) -> Result<Ended> {
        let pace = load.end().await?;
        let at_ms = self.history.now_ms();
        self.admin.refresh().await;
        let history = self.history.clone();
        let settled = settle(|| history.ops(), &self.buyers, &self.admin, LIMIT).await;
        let hot = self.hot.take();
        if let (Some((sku, _)), Some(buyer)) = (&hot, self.buyers.first()) {
            sell_out(buyer, sku, &self.history).await?;
        }
        let forbidden = self.buyers.iter().flat_map(|buyer| buyer.forbidden()).collect();
        let hot = hot.into_iter().collect();
        Ok(Ended { steps: pace.begun, late: pace.late, settled, forbidden, hot, at_ms })
    }
}

/// Reads standard input on a thread of its own, so that nothing waits for it at the end.
fn lines() -> mpsc::UnboundedReceiver<String> {
    let (send, lines) = mpsc::unbounded_channel();
    thread::spawn(move || io::stdin().lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
    lines
}

fn tell(line: &Line) -> Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&text)?;
    Ok(out.flush()?)
}
