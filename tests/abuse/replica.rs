//! A further process of a service of the shared shop, for tests that break it.

use std::{fs, time::Duration};

use estore_testbed::{Service, ServiceName};
use estore_tests::{Access, Answer, access, shop, until};

const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Replica {
    pub(super) process: Service,
    pub(super) access: Access,
}

impl Replica {
    /// Starts a process of `service` with these settings on top of the usual ones.
    pub(super) async fn start(service: ServiceName, settings: &[(&str, &str)]) -> Self {
        let access = access();
        let mut process = shop().another(service, settings).unwrap();
        process.ready(PATIENCE).await.unwrap();
        Self { process, access }
    }

    /// Does the same without waiting for readiness: the process lives and answers.
    pub(super) async fn start_anyhow(service: ServiceName, settings: &[(&str, &str)]) -> Self {
        let access = access();
        let process = shop().another(service, settings).unwrap();
        let replica = Self { process, access };
        let alive = async || Answer::try_of(replica.access.http.get(replica.url("/health"))).await.is_ok();
        let _alive = until(PATIENCE, alive, |alive| *alive).await;
        replica
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.process.port)
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.access.http.get(self.url(path))).await
    }

    /// Fetches `/metrics`.
    pub(super) async fn metrics(&self) -> String {
        let url = format!("http://127.0.0.1:{}/metrics", self.process.management_port);
        Answer::of(self.access.http.get(url)).await.expect(200).text
    }

    /// Reads one value of the metrics by its name with labels. Returns 0 if there is none.
    pub(super) async fn metric(&self, name: &str) -> u64 {
        let metrics = self.metrics().await;
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0, |figure| figure.parse().unwrap())
    }

    /// Returns all lines of its log.
    pub(super) fn log(&self) -> Vec<String> {
        self.process.last_lines(usize::MAX)
    }

    /// Returns its resident memory in KiB.
    pub(super) fn memory(&mut self) -> u64 {
        let pid = self.process.process().pid();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}
