//! The exact requests to the Kubernetes API, answered by a service within the test.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use estore_chaos::{
    Platform, PlatformError,
    pods::{Pods, Selection},
};
use estore_contract::demo::{FaultKind, FaultTarget};
use http::{Request, Response, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use kube::{Client, client::Body};
use serde_json::{Value, json};
use tower::service_fn;

/// A request: the method, the path with its query, and the body.
type Seen = (String, String, Value);

/// An API server that answers by a function of the request.
struct Server {
    seen: Arc<Mutex<Vec<Seen>>>,
    pods: Pods,
}

pub(crate) fn selection() -> Selection {
    Selection {
        namespace: "shop".to_owned(),
        labels: "app.kubernetes.io/instance=shop".to_owned(),
        targets: FaultKind::Kill.targets().to_vec(),
        mailbox: Some("shop-mail".to_owned()),
    }
}

fn server(answer: impl Fn(&Seen) -> (u16, Value) + Send + Sync + 'static) -> Server {
    let seen = Arc::<Mutex<Vec<Seen>>>::default();
    let (all, answer) = (seen.clone(), Arc::new(answer));
    let service = service_fn(move |request: Request<Body>| {
        let (all, answer) = (all.clone(), answer.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            if !body.is_empty() && parts.method == "PATCH" {
                assert_eq!(parts.headers[CONTENT_TYPE], "application/merge-patch+json");
            }
            let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
            let request = (parts.method.to_string(), parts.uri.to_string(), body);
            let (status, value) = answer(&request);
            all.lock().unwrap().push(request);
            let answer = Response::builder().status(status).header(CONTENT_TYPE, "application/json");
            Ok::<_, kube::Error>(answer.body(Body::from(value.to_string().into_bytes())).unwrap())
        }
    });
    let pods = Pods::new(&Client::new(service, "shop"), selection());
    Server { seen, pods }
}

impl Server {
    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect()
    }
}

pub(crate) fn pod(name: &str, is_ready: bool) -> Value {
    let ready = if is_ready { "True" } else { "False" };
    json!({
        "metadata": {"name": name, "namespace": "shop", "uid": format!("uid-of-{name}")},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]}
    })
}

pub(crate) fn list(pods: &[Value]) -> Value {
    json!({"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": pods})
}

fn refusal(code: u16) -> (u16, Value) {
    let status = json!({
        "apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Failure", "code": code,
        "message": "no permission", "reason": "Forbidden"
    });
    (code, status)
}

fn scale(replicas: i32) -> Value {
    json!({
        "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "shop-mail"},
        "spec": {"replicas": replicas}
    })
}

fn listing(component: &str) -> String {
    let instance = "app.kubernetes.io%2Finstance%3Dshop";
    format!(
        "GET /api/v1/namespaces/shop/pods?&labelSelector={instance}%2Capp.kubernetes.io%2Fcomponent%3D{component}"
    )
}

#[tokio::test]
async fn kill_deletes_one_ready_pod_without_grace() {
    let it = server(|(method, _, _)| {
        if method == "DELETE" {
            return (200, pod("payment-2", true));
        }
        let mut leaving = pod("payment-3", true);
        leaving["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        (200, list(&[pod("payment-1", false), pod("payment-2", true), leaving]))
    });
    assert_eq!(it.pods.kill(FaultTarget::Payment).await, Ok("payment-2".to_owned()));
    assert_eq!(it.lines(), [listing("payment"), "DELETE /api/v1/namespaces/shop/pods/payment-2?".to_owned()]);
    let body = &it.seen()[1].2;
    assert_eq!(body["gracePeriodSeconds"], 0);
    assert_eq!(body["preconditions"], json!({"uid": "uid-of-payment-2"}));
}

#[tokio::test]
async fn store_gets_one_second_of_grace() {
    for target in [FaultTarget::Redis, FaultTarget::Postgres] {
        let it = server(|(method, _, _)| match method.as_str() {
            "DELETE" => (200, pod("store-0", true)),
            _ => (200, list(&[pod("store-0", true)])),
        });
        assert_eq!(it.pods.kill(target).await, Ok("store-0".to_owned()));
        assert_eq!(it.seen()[1].2["gracePeriodSeconds"], 1);
    }
}

#[tokio::test]
async fn kill_without_a_ready_pod_deletes_nothing() {
    let it = server(|_| (200, list(&[pod("payment-1", false)])));
    let absent = PlatformError::Absent(FaultTarget::Payment);
    assert_eq!(it.pods.kill(FaultTarget::Payment).await, Err(absent));
    assert_eq!(it.lines(), [listing("payment")]);
}

#[tokio::test]
async fn missing_permission_is_final_and_named() {
    let it = server(|_| refusal(403));
    let refused = it.pods.kill(FaultTarget::User).await.unwrap_err();
    assert!(refused.is_final() && refused.to_string().contains("no permission"), "{refused}");
    let it = server(|_| refusal(500));
    assert!(!it.pods.kill(FaultTarget::User).await.unwrap_err().is_final());
}

#[tokio::test]
async fn component_with_all_its_pods_is_ready() {
    let shown = Arc::new(Mutex::new(vec![pod("user-1", true), pod("user-2", true)]));
    let now = shown.clone();
    let it = server(move |(method, _, _)| match method.as_str() {
        "DELETE" => (200, pod("user-1", true)),
        _ => (200, list(&now.lock().unwrap())),
    });
    let is_ready = async || it.pods.is_ready(FaultTarget::User).await.unwrap();
    assert!(is_ready().await);
    let _killed = it.pods.kill(FaultTarget::User).await.unwrap();
    for (pods, expected) in [
        (vec![pod("user-2", true)], false),
        (vec![pod("user-2", true), pod("user-3", false)], false),
        (vec![pod("user-2", true), pod("user-3", true)], true),
        (vec![], false),
    ] {
        *shown.lock().unwrap() = pods;
        assert_eq!(is_ready().await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn killed_pod_is_awaited_for_two_minutes() {
    let shown = Arc::new(Mutex::new(vec![pod("user-1", true), pod("user-2", true), pod("user-3", true)]));
    let now = shown.clone();
    let it = server(move |(method, _, _)| match method.as_str() {
        "DELETE" => (200, pod("user-1", true)),
        _ => (200, list(&now.lock().unwrap())),
    });
    // The third one was there for a moment, as in an update.
    let _killed = it.pods.kill(FaultTarget::User).await.unwrap();
    *shown.lock().unwrap() = vec![pod("user-2", true), pod("user-3", true)];
    let is_ready = async || it.pods.is_ready(FaultTarget::User).await.unwrap();
    assert!(!is_ready().await);
    tokio::time::advance(Duration::from_mins(2)).await;
    assert!(is_ready().await);
}

#[tokio::test]
async fn evicted_pods_do_not_count() {
    let it = server(|_| {
        let mut evicted = pod("user-1", false);
        evicted["status"]["phase"] = json!("Failed");
        let mut completed = pod("user-2", false);
        completed["status"]["phase"] = json!("Succeeded");
        (200, list(&[evicted, pod("user-3", true), completed]))
    });
    assert_eq!(it.pods.is_ready(FaultTarget::User).await, Ok(true));
}

#[tokio::test]
async fn mailbox_is_scaled_down_and_back() {
    let it = server(|(_, _, body)| {
        (200, scale(i32::try_from(body["spec"]["replicas"].as_i64().unwrap()).unwrap()))
    });
    assert_eq!(it.pods.mail_down(Duration::from_secs(5)).await, Ok("shop-mail".to_owned()));
    assert_eq!(it.pods.mail_up().await, Ok(()));
    let scaled = "/apis/apps/v1/namespaces/shop/deployments/shop-mail/scale?".to_owned();
    let patch = |replicas: i32| ("PATCH".to_owned(), scaled.clone(), json!({"spec": {"replicas": replicas}}));
    assert_eq!(it.seen(), [patch(0), patch(1)]);
}

#[tokio::test]
async fn recovery_raises_the_mailbox_and_thaws_running_pods() {
    let it = server(|(method, path, body)| {
        if path.contains("/exec?") {
            refusal(500)
        } else if path.contains("/scale") {
            let replicas = if method == "GET" { 0 } else { body["spec"]["replicas"].as_i64().unwrap() };
            (200, scale(i32::try_from(replicas).unwrap()))
        } else if path.contains("component%3Duser") {
            let mut starting = pod("user-2", false);
            starting["status"]["phase"] = json!("Pending");
            (200, list(&[pod("user-1", false), starting]))
        } else {
            (200, list(&[]))
        }
    });
    // A pod in which nothing can be executed is no reason to cause no faults.
    assert_eq!(it.pods.recover().await, Ok(()));
    let scale = "/apis/apps/v1/namespaces/shop/deployments/shop-mail/scale";
    let command = "command=%2Festore&command=freeze&command=--seconds&command=0";
    let exec = format!(
        "GET /api/v1/namespaces/shop/pods/user-1/exec?&stdout=true&stderr=true&container=user&{command}"
    );
    let lines = it.lines();
    assert_eq!(lines[..2], [format!("GET {scale}"), format!("PATCH {scale}?")]);
    assert_eq!(lines[2..6], ["user", "verification", "inventory", "payment"].map(listing));
    assert_eq!(lines[6..], [exec]);
}

#[tokio::test]
async fn recovery_leaves_a_mailbox_that_is_up() {
    let it = server(|(_, path, _)| (200, if path.contains("/scale") { scale(1) } else { list(&[]) }));
    assert_eq!(it.pods.recover().await, Ok(()));
    assert!(it.seen().iter().all(|(method, _, _)| method == "GET"));
}
