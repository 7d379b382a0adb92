//! Two jobs take turns.

use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta},
    jiff::{SignedDuration, Timestamp},
};
use kube::api::{Patch, PatchParams};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

use crate::{
    cluster::{Cluster, cluster, eventually},
    job::status,
    shop::job,
};

async fn held_by_another(cluster: &Cluster, seconds_ago: i64) {
    let spec = LeaseSpec {
        holder_identity: Some("another".to_owned()),
        lease_duration_seconds: Some(30),
        renew_time: Some(MicroTime(Timestamp::now() - SignedDuration::from_secs(seconds_ago))),
        ..LeaseSpec::default()
    };
    let metadata = ObjectMeta { name: Some("boot".to_owned()), ..ObjectMeta::default() };
    let _made = cluster.create(&Lease { metadata, spec: Some(spec) }).await;
}

#[tokio::test]
async fn a_second_job_waits_for_the_lease_and_takes_one_that_ran_out() {
    let Some(cluster) = cluster().await else { return };
    held_by_another(&cluster, 27).await;
    let ended = Cluster::ended(job(&cluster, "heir").await).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.said.contains("waiting for the lease boot") && ended.said.contains("another holds it"));
    assert!(status(&cluster).await.contains_key("finishedAt"));
}

#[tokio::test]
async fn a_lease_that_stays_held_is_worth_another_try_and_nothing_is_done() {
    let Some(cluster) = cluster().await else { return };
    held_by_another(&cluster, 0).await;
    let mut second = job(&cluster, "second").await;
    second.env("BOOTSTRAP_WAIT_SECONDS", "1");
    let ended = Cluster::ended(second).await;
    assert_eq!(ended.code, Some(75), "{ended:?}");
    assert!(ended.error.contains("another"), "{ended:?}");
    assert!(!ended.said.contains("migrations"), "{ended:?}");
    let lease = cluster.api::<Lease>().get("boot").await.unwrap().spec.unwrap();
    assert_eq!(lease.holder_identity.as_deref(), Some("another"));
}

#[tokio::test]
async fn a_job_that_lost_its_lease_stops_before_the_next_step() {
    let Some(cluster) = cluster().await else { return };
    let mut first = job(&cluster, "first").await;
    // The User Service does not answer while the lease is lost, and then it does.
    let gate = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gate.local_addr().unwrap();
    let real = crate::shop::shop().await.bootstrap_environment()["USER_SERVICE_URL"].replace("https://", "");
    first.env("USER_SERVICE_URL", format!("https://{address}")).stdout(std::process::Stdio::piped());
    first.stderr(std::process::Stdio::piped());
    let mut running = first.spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.starts_with("epoch:") {
            break;
        }
    }
    let stolen = Patch::Merge(json!({"spec": {"holderIdentity": "thief"}}));
    let api = cluster.api::<Lease>();
    let patched = api.patch("boot", &PatchParams::default(), &stolen).await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.contains("the lease was lost") {
            break;
        }
    }
    let forward = tokio::spawn(async move {
        loop {
            let (mut here, _) = gate.accept().await.unwrap();
            let mut there = TcpStream::connect(&real).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut here, &mut there).await });
        }
    });
    let drain = tokio::spawn(async move {
        let mut rest = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            rest.push_str(&line);
        }
        rest
    });
    let ended = running.wait_with_output().await.unwrap();
    forward.abort();
    assert_eq!(ended.status.code(), Some(75), "{ended:?}");
    let rest = drain.await.unwrap();
    assert!(rest.contains("admin account") && !rest.contains("catalogue"), "{rest}");
    let error = String::from_utf8(ended.stderr).unwrap();
    assert!(error.contains("the lease was lost: thief took it"), "{error}");
    let lease = api.get("boot").await.unwrap();
    assert_eq!(lease.metadata.resource_version, patched.metadata.resource_version, "and let it be");
}

#[tokio::test]
async fn a_job_that_is_told_to_stop_lets_go_of_its_lease() {
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
    let lease = cluster.api::<Lease>().get("boot").await.unwrap().spec.unwrap();
    assert_eq!(lease.holder_identity, None);
}

#[tokio::test]
async fn killed_anywhere_and_run_again_the_job_ends_well() {
    let Some(cluster) = cluster().await else { return };
    // The pod's name stays where its container is started again, so that its own lease does not stand in its way.
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
    let lease =
        eventually("the lease", || async { cluster.api::<Lease>().get("boot").await.ok()?.spec }).await;
    assert_eq!(lease.holder_identity, None);
    assert!(status(&cluster).await.contains_key("finishedAt"));
}
