//! The shop as it is given.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use estore_stage::ServiceName;
use estore_tests::{Access, Answer};
use tokio::time::sleep;

use crate::say;

const PATIENCE: Duration = Duration::from_mins(4);
/// From one line about a wait to the next.
const LINES: Duration = Duration::from_secs(5);

/// Access to it, once each service is ready: its store may be loading still.
pub(crate) async fn open() -> Result<Access> {
    let access = Access::given();
    let (deadline, mut next_line) = (Instant::now() + PATIENCE, Instant::now() + LINES);
    for name in ServiceName::ALL {
        loop {
            let request = access.http.get(access.url(name, "/ready")).timeout(Duration::from_secs(5));
            match Answer::try_of(request).await {
                Ok(answer) if answer.status == 200 => break,
                answer if Instant::now() > deadline => {
                    let answer = answer.with_context(|| format!("the {name} service does not answer"))?;
                    bail!("the {name} service answers {}: {}", answer.status, answer.text);
                }
                answer => {
                    if Instant::now() > next_line {
                        next_line += LINES;
                        let reason = answer.map_or_else(|error| error.to_string(), |answer| answer.text);
                        say(&format!("waiting for the {name} service: {reason}"));
                    }
                    sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }
    Ok(access)
}
