//! A load of as many requests as the target can serve.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use reqwest::Client;
use tokio::time::sleep;

const CONNECTIONS: usize = 32;
const TIME: Duration = Duration::from_secs(4);

/// A request to repeat.
pub(crate) struct Load {
    pub(crate) url: String,
    pub(crate) token: String,
}

impl Load {
    /// Waits until the target answers it.
    pub(crate) async fn reachable(&self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.once(&client()?).await.is_err() {
            ensure!(Instant::now() < deadline, "{} does not answer", self.url);
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Returns the requests per second over many connections.
    pub(crate) async fn run(&self) -> Result<f64> {
        let began = Instant::now();
        let counts = try_join_all((0..CONNECTIONS).map(|_| self.repeat(began))).await?;
        let answered = counts.iter().sum::<u32>();
        Ok(f64::from(answered) / began.elapsed().as_secs_f64())
    }

    async fn repeat(&self, began: Instant) -> Result<u32> {
        let client = client()?;
        let mut answered = 0;
        while began.elapsed() < TIME {
            self.once(&client).await?;
            answered += 1;
        }
        Ok(answered)
    }

    async fn once(&self, client: &Client) -> Result<()> {
        let response = client.get(&self.url).bearer_auth(&self.token).send().await?;
        ensure!(response.status().is_success(), "{} from {}", response.status(), self.url);
        response.bytes().await?;
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is no service")]
fn client() -> Result<Client> {
    Ok(Client::builder().pool_max_idle_per_host(1).build()?)
}
