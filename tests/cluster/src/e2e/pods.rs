//! The tests' own pods in the cluster: the shopper, and probes that stand in for components.

use serde_json::{Value, json};

use crate::cluster::{RELEASE, WITH_STOREFRONT};

/// The pod of the load and the journeys.
pub(crate) const SHOPPER: &str = "e2e-shopper";

/// Returns the chart's labels, by which its policies select a pod. `e2e` distinguishes these pods
/// from the chart's own.
pub(crate) fn labels(component: &str) -> Value {
    json!({
        "app.kubernetes.io/name": "estore", "app.kubernetes.io/instance": RELEASE,
        "app.kubernetes.io/component": component, "e2e": "probe",
    })
}

/// Returns the shopper's pod. It may reach all that the chart's own test may.
pub(crate) fn shopper(image: &str) -> Value {
    let port = |service: &str| match service {
        "payment" => 8000,
        "inventory" => 8001,
        "user" => 8002,
        "storefront" => 8080,
        _ => 8003,
    };
    let mut env: Vec<Value> = WITH_STOREFRONT
        .iter()
        .map(|name| {
            let url = format!("http://{RELEASE}-{name}:{}", port(name));
            json!({"name": format!("{}_URL", name.to_uppercase()), "value": url})
        })
        .collect();
    env.extend([
        json!({"name": "ESTORE_SHOP", "value": "cluster"}),
        json!({"name": "MAIL_URL", "value": format!("http://{RELEASE}-mail:1080/api/email")}),
        json!({"name": "ADMIN_EMAIL", "value": "admin@example.com"}),
        json!({"name": "ADMIN_PASSWORD_FILE", "value": "/etc/estore/secrets/admin-password"}),
    ]);
    let mut pod = pod(SHOPPER, image, &labels("test"), &["sleep"]);
    let key = json!({"secretName": format!("{RELEASE}-bootstrap"), "items": [{"key": "admin-password", "path": "admin-password"}], "defaultMode": 0o440});
    if let Some(spec) = pod.pointer_mut("/spec").and_then(Value::as_object_mut) {
        spec.insert(
            "volumes".to_owned(),
            json!([{"name": "secrets", "secret": key}, {"name": "tmp", "emptyDir": {}}]),
        );
    }
    if let Some(container) = pod.pointer_mut("/spec/containers/0").and_then(Value::as_object_mut) {
        container.insert("env".to_owned(), json!(env));
        let mounts = json!([
            {"name": "secrets", "mountPath": "/etc/estore/secrets", "readOnly": true},
            {"name": "tmp", "mountPath": "/tmp"},
        ]);
        container.insert("volumeMounts".to_owned(), mounts);
    }
    pod
}

/// Returns a pod that policies select as one of `component`. Services send it nothing, because it
/// is not ready.
pub(crate) fn probe(name: &str, image: &str, labels: &Value) -> Value {
    let mut pod = pod(name, image, labels, &["sleep"]);
    if let Some(container) = pod.pointer_mut("/spec/containers/0").and_then(Value::as_object_mut) {
        container.insert("readinessProbe".to_owned(), json!({"tcpSocket": {"port": 1}, "periodSeconds": 60}));
    }
    pod
}

/// Returns a pod that meets Pod Security's `restricted`.
pub(crate) fn pod(name: &str, image: &str, labels: &Value, args: &[&str]) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "automountServiceAccountToken": false, "enableServiceLinks": false, "terminationGracePeriodSeconds": 1,
            "securityContext": {
                "runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [{
                "name": "shopper", "image": image, "imagePullPolicy": "IfNotPresent", "args": args,
                "securityContext": {
                    "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]},
                },
                "resources": {"requests": {"cpu": "5m", "memory": "16Mi"}, "limits": {"memory": "512Mi"}},
            }],
        },
    })
}
