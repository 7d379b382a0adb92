//! Provides a namespace for one test, and runs the program there.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    future::Future,
    io::{self, Write},
    process::Output,
};

use estore_base::{
    config::{Env, Setting},
    random,
};
use k8s_openapi::{
    NamespaceResourceScope,
    api::{
        core::v1::{Namespace, Secret},
        rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject},
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{Api, Client, Resource, api::PostParams};
use serde::{Serialize, de::DeserializeOwned};
use tokio::process::Command;

/// A namespace, deleted when this value is dropped.
pub(crate) struct Cluster {
    pub(crate) client: Client,
    pub(crate) namespace: String,
}

/// The result of a run of the program.
#[derive(Debug)]
pub(crate) struct Ended {
    /// `None` if it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
    pub(crate) error: String,
}

/// Creates a namespace. Returns `None`, with a loud warning, if there is no cluster.
pub(crate) async fn cluster() -> Option<Cluster> {
    let env = Env::from_process();
    if env.optional::<String>(&Setting::text("KUBECONFIG", "")).unwrap().is_none() {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        // Written to stderr directly, as the harness hides the output of a test that passes.
        let word =
            format!("!!! SKIPPED {name}: KUBECONFIG is not set; it needs a Kubernetes API server !!!\n");
        io::stderr().write_all(word.as_bytes()).unwrap();
        return None;
    }
    let client = Client::try_default().await.unwrap();
    let namespace = format!("boot-test-{:x}", u64::from_be_bytes(random::bytes()));
    let object = Namespace {
        metadata: ObjectMeta { name: Some(namespace.clone()), ..ObjectMeta::default() },
        ..Namespace::default()
    };
    let _made = Api::all(client.clone()).create(&PostParams::default(), &object).await.unwrap();
    Some(Cluster { client, namespace })
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let namespace = self.namespace.clone();
        // A drop cannot await, and the runtime of the test may be shutting down.
        let deletion = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let client = Client::try_default().await.unwrap();
                let all: Api<Namespace> = Api::all(client);
                let _going = all.delete(&namespace, &kube::api::DeleteParams::default()).await;
            });
        });
        let _ended = deletion.join();
    }
}

impl Cluster {
    pub(crate) fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Returns a command for the program in this namespace.
    pub(crate) fn program(&self, command: &str) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_estore-bootstrap"));
        program.arg(command).env("POD_NAMESPACE", &self.namespace).kill_on_drop(true);
        program
    }

    /// Runs the program with these settings.
    pub(crate) async fn run(&self, command: &str, settings: &[(&str, &str)]) -> Ended {
        let mut program = self.program(command);
        program.envs(settings.iter().copied());
        Self::ended(program).await
    }

    /// Runs `program` to its end.
    pub(crate) async fn ended(mut program: Command) -> Ended {
        let Output { status, stdout, stderr } = program.output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { code: status.code(), said: text(stdout), error: text(stderr) }
    }

    /// Returns the data of a Secret, as text.
    pub(crate) async fn secret(&self, name: &str) -> BTreeMap<String, String> {
        let secret = self.api::<Secret>().get(name).await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        secret.data.unwrap().into_iter().map(|(key, value)| (key, text(value.0))).collect()
    }

    /// Returns all Secrets with their data, by name.
    pub(crate) async fn secrets(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let mut all = BTreeMap::new();
        for secret in self.api::<Secret>().list(&kube::api::ListParams::default()).await.unwrap() {
            let name = secret.metadata.name.unwrap();
            let data = self.secret(&name).await;
            all.insert(name, data);
        }
        all
    }

    pub(crate) async fn create<K>(&self, object: &K) -> K
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
            + Serialize
            + DeserializeOwned
            + Clone
            + Debug,
    {
        self.api::<K>().create(&PostParams::default(), object).await.unwrap()
    }

    /// Creates a service account with these rules alone; returns the user name to impersonate.
    pub(crate) async fn account(&self, name: &str, rules: Vec<PolicyRule>) -> String {
        let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
        let _made = self.create(&Role { metadata: metadata.clone(), rules: Some(rules) }).await;
        let role_ref = RoleRef {
            api_group: "rbac.authorization.k8s.io".to_owned(),
            kind: "Role".to_owned(),
            name: name.to_owned(),
        };
        let subject = Subject {
            kind: "ServiceAccount".to_owned(),
            name: name.to_owned(),
            namespace: Some(self.namespace.clone()),
            api_group: None,
        };
        let _made = self.create(&RoleBinding { metadata, role_ref, subjects: Some(vec![subject]) }).await;
        format!("system:serviceaccount:{}:{name}", self.namespace)
    }
}

/// Builds a rule for these verbs on a kind, with resource names or without.
pub(crate) fn rule(group: &str, kind: &str, names: &[&str], verbs: &[&str]) -> PolicyRule {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    PolicyRule {
        api_groups: Some(owned(&[group])),
        resources: Some(owned(&[kind])),
        resource_names: (!names.is_empty()).then(|| owned(names)),
        verbs: owned(verbs),
        ..PolicyRule::default()
    }
}

/// Waits until `check` returns a value.
pub(crate) async fn eventually<T, R: Future<Output = Option<T>>>(what: &str, check: impl Fn() -> R) -> T {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_mins(1);
    loop {
        if let Some(found) = check().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}
