//! A job that is stopped or killed, and two jobs at once.

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
};

use crate::{
    cluster::{Cluster, cluster},
    job::status,
    shop::job,
};

#[tokio::test]
async fn two_jobs_at_once_both_complete() {
    let Some(cluster) = cluster().await else { return };
    let (one, other) = (job(&cluster, "one").await, job(&cluster, "other").await);
    let (one, other) = tokio::join!(Cluster::ended(one), Cluster::ended(other));
    for ended in [one, other] {
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.said.contains("catalogue: 0 products new"), "{}", ended.said);
    }
    assert!(status(&cluster).await.contains_key("finishedAt"));
}

#[tokio::test]
async fn job_stops_on_sigterm() {
    let Some(cluster) = cluster().await else { return };
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stopped = job(&cluster, "stopped").await;
    stopped.env("USER_SERVICE_URL", format!("https://{}", silent.local_addr().unwrap()));
    let mut running = stopped.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.starts_with("epoch:") {
            break;
        }
    }
    let told = std::process::Command::new("kill").arg(running.id().unwrap().to_string()).status().unwrap();
    assert!(told.success());
    assert_eq!(running.wait().await.unwrap().code(), Some(75));
}

#[tokio::test]
async fn killed_job_completes_when_repeated() {
    let Some(cluster) = cluster().await else { return };
    let mut at = 1;
    loop {
        let mut run = job(&cluster, "boot-1").await;
        run.env("FAIL_POINT", format!("bootstrap.api.after@{at}"));
        let ended = Cluster::ended(run).await;
        if ended.code == Some(0) {
            break;
        }
        assert_eq!(ended.code, None, "{ended:?}");
        at += 1;
    }
    assert!(at > 12, "it was killed {at} times only");
    assert!(status(&cluster).await.contains_key("finishedAt"));
}
