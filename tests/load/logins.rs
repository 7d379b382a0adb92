//! Logins: the duration must not reveal known addresses, and a flood of logins must not slow other
//! requests.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use estore_testbed::ServiceName::{Inventory, User};
use estore_tests::{Access, Customer, PASSWORD};
use futures::future::{join, join_all, try_join_all};
use reqwest::Client;
use serde_json::json;
use tokio::{runtime::Builder, task::spawn_blocking};

use crate::{median, p99};

/// The share by which the medians of a known and an unknown address may differ.
const ALIKE: f64 = 0.10;
/// The factor by which the p99 of `GET /products` may rise during 200 concurrent logins.
const CALM: f64 = 2.0;
const LOGINS: usize = 200;
const READERS: usize = 4;
const WINDOW: Duration = Duration::from_secs(6);

/// Compares a wrong password for a known and an unknown address, in turns.
pub(crate) async fn alike(access: &Access, customer: &Customer) -> Result<bool> {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..LOGINS {
        for (email, times) in
            [(customer.email.as_str(), &mut known), ("nobody-at-all@example.com", &mut unknown)]
        {
            let began = Instant::now();
            let status = login(&access.http, access, email, "not the one").await?;
            ensure!(status == 401, "a wrong password was answered {status}");
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
    }
    let (known, unknown) = (median(known), median(unknown));
    let difference = (known / unknown - 1.0).abs();
    let good = difference < ALIKE;
    writeln!(
        io::stdout(),
        "login: median of {LOGINS} {known:.1} ms for a known address, {unknown:.1} ms for an unknown one: {:.1} % apart ({})",
        difference * 100.0,
        verdict(good, "less than 10 %"),
    )?;
    Ok(good)
}

/// Compares `GET /products` without and with 200 concurrent logins, in turns.
/// Readers have a client of their own, `readers`, on a thread of their own. So the figures are the
/// shop's, without the wait behind the 200 logins that this program sends.
pub(crate) async fn crowd(access: &Access, readers: &Access, customer: &Customer) -> Result<bool> {
    let (mut calm, mut busy) = (Vec::new(), Vec::new());
    let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
    let reader = Customer { access: readers.clone(), ..customer.clone() };
    for _ in 0..3 {
        let reading = Arc::new(AtomicBool::new(true));
        calm.extend(read_apart(&reader, &reading).await?);
        reading.store(true, Ordering::Relaxed);
        let (times, logins) = join(read_apart(&reader, &reading), flood(access, customer, &reading)).await;
        busy.extend(times?);
        for (status, count) in logins? {
            *answers.entry(status).or_default() += count;
        }
    }
    let (calm, busy) = (p99(calm), p99(busy));
    let good = busy / calm <= CALM && answers.keys().all(|status| [200, 429, 503].contains(status));
    writeln!(
        io::stdout(),
        "products: p99 {calm:.1} ms alone, {busy:.1} ms while {LOGINS} log in at once (answered {answers:?}): {:.2} times ({})",
        busy / calm,
        verdict(good, "at most 2"),
    )?;
    Ok(good)
}

/// Reads on a thread of its own.
async fn read_apart(reader: &Customer, reading: &Arc<AtomicBool>) -> Result<Vec<f64>> {
    let (reader, reading) = (reader.clone(), reading.clone());
    let done = spawn_blocking(move || {
        Builder::new_current_thread().enable_all().build()?.block_on(read(&reader, &reading))
    });
    done.await?
}

async fn login(http: &Client, access: &Access, email: &str, password: &str) -> Result<u16> {
    let body = json!({"email": email, "password": password});
    let answer = http.post(access.url(User, "/login")).json(&body).send().await?;
    let status = answer.status().as_u16();
    answer.bytes().await?;
    Ok(status)
}

/// Reads for a window of time, then clears `reading`. Returns the durations in ms.
async fn read(customer: &Customer, reading: &AtomicBool) -> Result<Vec<f64>> {
    let until = Instant::now() + WINDOW;
    let reader = || async {
        let mut times = Vec::new();
        while Instant::now() < until {
            let began = Instant::now();
            let answer = customer.get(Inventory, "/products").await;
            ensure!(answer.status == 200, "products were answered {}", answer.status);
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        Ok(times)
    };
    let times = try_join_all((0..READERS).map(|_| reader())).await;
    reading.store(false, Ordering::Relaxed);
    Ok(times?.into_iter().flatten().collect())
}

/// Sends 200 concurrent logins, again and again while `reading` is set. Returns the count of each
/// status.
async fn flood(access: &Access, customer: &Customer, reading: &AtomicBool) -> Result<BTreeMap<u16, usize>> {
    let mut answers = BTreeMap::new();
    while reading.load(Ordering::Relaxed) {
        let logins = (0..LOGINS).map(|_| login(&access.http, access, &customer.email, PASSWORD));
        for status in join_all(logins).await {
            *answers.entry(status?).or_default() += 1;
        }
    }
    Ok(answers)
}

fn verdict(good: bool, promise: &str) -> String {
    if good { format!("as promised: {promise}") } else { format!("NOT AS PROMISED: {promise}") }
}
