//! Redis's append-only file, cut at places where a crash might cut it.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fs::{self, OpenOptions},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use estore_testbed::{Link, Redis, Weather};
use estore_tests::connect_to_store;
use fastrand::Rng;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::time::sleep;

use super::{Row, survive};
use crate::{
    checker::{CheckOptions, Findings, When, examine},
    history::{Op, Outcome},
    stand::{Plan, Stand},
    stores::{self, Snapshot},
};

/// The last bytes of a load that the test cuts off one by one.
const TAIL: u64 = 4096;
/// The minimum of bytes in flight when the test kills Redis.
const BATCH: u64 = 400;
const LINKS: [Link; 2] = [Link::PaymentToRedis, Link::InventoryToRedis];

pub(super) async fn run(seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    // Few customers: each has one write in flight, and each byte of it is one run.
    let mut stand = Stand::start(&Plan { buyers: 3, ..Plan::named("aof", seed) }).await?;
    let mut dice = Rng::with_seed(seed);
    let mut batch = None;
    let fault = async |stand: &mut Stand, _: &_| {
        batch = Some(in_flight(stand, &mut dice).await?);
        Ok(())
    };
    let name = "the append-only file is cut at each byte after the last acknowledged write";
    let mut row = survive(&mut stand, name, 0, fault).await?;
    if let Some(batch) = batch {
        row.violations.extend(batch.judged().await?);
        row.notes.push(format!("{} bytes were in flight", batch.place.end() - batch.place.start()));
    }
    tell(row);
    tell(tail(&mut stand).await?);
    stand.shop.stop().await
}

/// A batch of writes whose answers did not arrive.
struct Batch {
    /// A copy of the data, with the whole batch.
    template: PathBuf,
    /// The positions of the batch in the append-only file.
    place: RangeInclusive<u64>,
    /// The operations and answers before the batch.
    told: Vec<Op>,
}

/// Kills Redis with a batch in flight, and lets the shop continue with the file cut inside the
/// batch.
async fn in_flight(stand: &mut Stand, dice: &mut Rng) -> Result<Batch> {
    compact(stand).await?;
    for link in LINKS {
        stand.shop.link(link).set(Weather::Freeze);
    }
    let acknowledged = settled_size(&stand.shop.redis).await?;
    let frozen = stand.history.now_ms();
    for link in LINKS {
        stand.shop.link(link).set(Weather::HoldAnswers);
    }
    let deadline = Instant::now() + Duration::from_secs(3);
    while stand.shop.redis.append_only_file()?.size < acknowledged + BATCH && Instant::now() < deadline {
        sleep(Duration::from_millis(1)).await;
    }
    stand.crashes += 1;
    stand.shop.redis.kill().await?;
    let file = stand.shop.redis.append_only_file()?;
    ensure!(file.size > acknowledged, "no write was in flight");
    let template = stand.shop.directory().join("aof-in-flight");
    if template.exists() {
        fs::remove_dir_all(&template)?;
    }
    stand.shop.redis.copy_data(&template)?;
    let place = acknowledged..=file.size;
    OpenOptions::new().write(true).open(&file.path)?.set_len(dice.u64(place.clone()))?;
    stand.shop.redis.start_again().await?;
    for link in LINKS {
        stand.shop.link(link).set(Weather::Clear);
    }
    Ok(Batch { template, place, told: as_of(frozen, stand.history.ops()) })
}

impl Batch {
    /// Returns the violations for each cut in the batch. No acknowledged write may be lost.
    async fn judged(&self) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        for (cut, snapshot) in states(&self.template, self.place.clone()).await?.values() {
            let found = judge(snapshot, &self.told);
            let all = found.violations.iter().chain(&found.lost);
            wrong.extend(all.map(|violation| format!("cut at byte {cut}: {violation}")));
        }
        Ok(wrong)
    }
}

/// Cuts off the last 4 KiB of a load, byte by byte, with what came later. Each time the store must
/// open, its content must be consistent, and the report names what is lost.
async fn tail(stand: &mut Stand) -> Result<Row> {
    compact(stand).await?;
    let before = stand.history.ops().len();
    let load = stand.begin(0).await?;
    let start = stand.shop.redis.append_only_file()?.size;
    let deadline = Instant::now() + Duration::from_secs(30);
    while stand.shop.redis.append_only_file()?.size < start + 4 * TAIL && Instant::now() < deadline {
        sleep(Duration::from_millis(20)).await;
    }
    load.end().await;
    // Jobs write more until it is quiet, on a slow machine more than 4 KiB.
    let ended = stand.shop.redis.append_only_file()?.size;
    let quiet = stand.quiet().await?;
    let told = stand.history.ops();
    stand.shop.redis.kill().await?;
    stand.crashes += 1;
    let size = stand.shop.redis.append_only_file()?.size;
    let template = stand.shop.directory().join("aof-tail");
    stand.shop.redis.copy_data(&template)?;
    let states = states(&template, ended.saturating_sub(TAIL)..=size).await?;
    let (mut violations, mut lost, mut named) = (Vec::new(), 0, 0);
    for (cut, snapshot) in states.values() {
        let found = judge(snapshot, &told);
        lost += found.lost.len();
        named += found.lost.iter().filter(|lost| !lost.operations.is_empty()).count();
        violations.extend(found.violations.iter().map(|violation| format!("cut at byte {cut}: {violation}")));
    }
    if lost == 0 || named < lost {
        violations.push(format!("{lost} lost acknowledgements, of which {named} name their operations"));
    }
    fs::remove_dir_all(&template)?;
    stand.shop.redis.start_again().await?;
    Ok(Row {
        fault: "the append-only file is cut at each byte of the load's last 4 KiB".to_owned(),
        operations: u64::try_from(told.len() - before)?,
        orders: 0,
        crashes: size - ended.saturating_sub(TAIL),
        unknowns: 0,
        quiet_after: quiet.after,
        violations,
        notes: vec![format!(
            "{} different states; {lost} lost acknowledgements, each with its operations",
            states.len()
        )],
    })
}

/// Returns the history at `moment`: removes answers that came later.
fn as_of(moment: u64, mut ops: Vec<Op>) -> Vec<Op> {
    for op in ops.iter_mut().filter(|op| op.ended_ms.is_none_or(|ended| ended >= moment)) {
        (op.ended_ms, op.outcome) = (None, Outcome::Pending);
    }
    ops
}

/// Checks a store that may have lost its last writes against the answers that clients got.
fn judge(snapshot: &Snapshot, told: &[Op]) -> Findings {
    let mut found = examine(snapshot, told, When::Lossy, &CheckOptions::default());
    // An operation in progress at that moment has not ended: nothing of it is lost.
    found.lost.retain(|lost| lost.equation != 13);
    found
}

/// Opens the store with its file cut at each byte of `place`. Returns each different state once,
/// with the first cut that leads to it.
async fn states(template: &Path, place: RangeInclusive<u64>) -> Result<BTreeMap<String, (u64, Snapshot)>> {
    let opened = stream::iter(place).map(|cut| async move {
        let copy = Redis::open_copy(template, cut).await.with_context(|| format!("cut at byte {cut}"))?;
        let client = redis::Client::open(copy.url(0))?;
        let mut connection = connect_to_store(&client).await?;
        let mut debug = redis::cmd("DEBUG");
        let digest: String = debug.arg("DIGEST").query_async(&mut connection).await?;
        Ok::<_, anyhow::Error>((cut, digest, copy))
    });
    let mut states = BTreeMap::new();
    let mut opened = opened.buffered(2);
    while let Some((cut, digest, copy)) = opened.try_next().await? {
        if let Entry::Vacant(new) = states.entry(digest) {
            new.insert((cut, stores::read(&copy.url(0), &copy.url(1)).await?));
        }
    }
    Ok(states)
}

/// Rewrites the file, so that Redis reads only the writes that follow.
async fn compact(stand: &Stand) -> Result<()> {
    let before = stand.shop.redis.append_only_file()?.path;
    let client = redis::Client::open(stand.shop.redis_url("operator", 0))?;
    let mut connection = connect_to_store(&client).await?;
    redis::cmd("BGREWRITEAOF").query_async::<()>(&mut connection).await?;
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let info: String = redis::cmd("INFO").arg("persistence").query_async(&mut connection).await?;
        let busy = info.contains("aof_rewrite_in_progress:1") || info.contains("aof_rewrite_scheduled:1");
        if !busy && stand.shop.redis.append_only_file()?.path != before {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the append-only file was not written anew");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Returns the file's size after all writes have ended.
async fn settled_size(redis: &Redis) -> Result<u64> {
    let mut size = redis.append_only_file()?.size;
    loop {
        sleep(Duration::from_millis(100)).await;
        let now = redis.append_only_file()?.size;
        if now == size {
            return Ok(size);
        }
        size = now;
    }
}
