//! The access to the shop from its environment.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use estore_testbed::ServiceName;
use estore_tests::{Access, Answer};
use tokio::time::sleep;

use crate::say;

const PATIENCE: Duration = Duration::from_mins(4);
/// The time between two lines about a wait.
const LINES: Duration = Duration::from_secs(5);

/// Returns access after each service is ready, as its store may still be loading, and after the
/// storefront is, if there is one.
pub(crate) async fn open() -> Result<Access> {
    let access = Access::given();
    let (deadline, mut next_line) = (Instant::now() + PATIENCE, Instant::now() + LINES);
    let storefront = access.has_storefront().then_some(ServiceName::Storefront);
    for name in ServiceName::ALL.into_iter().chain(storefront) {
        loop {
            let request = access.http.get(access.url(name, "/ready")).timeout(Duration::from_secs(5));
            match Answer::try_of(request).await {
                Ok(answer) if answer.status == 200 => break,
                answer if Instant::now() > deadline => {
                    let answer = answer.with_context(|| format!("{name} does not answer"))?;
                    bail!("{name} answers {}: {}", answer.status, answer.text);
                }
                answer => {
                    if Instant::now() > next_line {
                        next_line += LINES;
                        let reason = answer.map_or_else(|error| error.to_string(), |answer| answer.text);
                        say(&format!("waiting for {name}: {reason}"));
                    }
                    sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }
    Ok(access)
}
