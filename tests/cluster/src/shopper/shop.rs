//! The shop as it is given.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use estore_stage::ServiceName;
use estore_tests::{Access, Answer};
use tokio::time::sleep;

const PATIENCE: Duration = Duration::from_mins(2);

/// Access to it, once each public API answers.
pub(crate) async fn open() -> Result<Access> {
    let access = Access::given();
    let deadline = Instant::now() + PATIENCE;
    for name in ServiceName::ALL {
        loop {
            let request = access.http.get(access.url(name, "/openapi.json")).timeout(Duration::from_secs(5));
            match Answer::try_of(request).await {
                Ok(answer) if answer.status == 200 => break,
                answer if Instant::now() > deadline => {
                    let answer = answer.with_context(|| format!("the {name} service does not answer"))?;
                    bail!("the {name} service answers {}: {}", answer.status, answer.text);
                }
                _ => sleep(Duration::from_millis(200)).await,
            }
        }
    }
    Ok(access)
}
