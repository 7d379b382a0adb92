//! `bootstrap operate`: the catalogue of a shop as objects.

use std::process::Stdio;

use k8s_openapi::{
    api::events::v1::Event, apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api,
    api::{ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::{
    cluster::{Cluster, cluster, eventually, rule},
    shop::{get, product, shop},
};

struct Operated {
    cluster: Cluster,
    products: Api<DynamicObject>,
    categories: Api<DynamicObject>,
    management: String,
    operator: Child,
}

fn kind(kind: &str, plural: &str) -> ApiResource {
    ApiResource {
        group: "shop.estore.dev".to_owned(),
        version: "v1alpha1".to_owned(),
        api_version: "shop.estore.dev/v1alpha1".to_owned(),
        kind: kind.to_owned(),
        plural: plural.to_owned(),
    }
}

/// Starts an operator in its own namespace, with an account that has exactly its Role.
async fn operated() -> Option<Operated> {
    let cluster = cluster().await?;
    let printed = Command::new(env!("CARGO_BIN_EXE_estore-bootstrap")).arg("crds").output().await.unwrap();
    let definitions: Api<CustomResourceDefinition> = Api::all(cluster.client.clone());
    for text in String::from_utf8(printed.stdout).unwrap().split("---\n") {
        let definition: CustomResourceDefinition = serde_yaml_ng::from_str(text).unwrap();
        let name = definition.metadata.name.clone().unwrap();
        let apply = PatchParams::apply("boot-test").force();
        let _applied = definitions.patch(&name, &apply, &Patch::Apply(&definition)).await.unwrap();
        eventually("the kind is known", || async {
            let status = definitions.get(&name).await.ok()?.status?;
            let served = |kind: &str| {
                status.conditions.iter().flatten().any(|c| c.type_ == kind && c.status == "True")
            };
            served("Established").then_some(())
        })
        .await;
    }
    let group = "shop.estore.dev";
    let both = |part: &str, verbs: &[&str]| {
        ["products", "categories"].map(|kind| rule(group, &format!("{kind}{part}"), &[], verbs))
    };
    let mut rules = vec![rule("events.k8s.io", "events", &[], &["create", "patch"])];
    rules.extend(both("", &["list", "watch", "patch"]));
    rules.extend(both("/status", &["patch"]));
    let user = cluster.account("operator", rules).await;
    let port = estore_testbed::free_port().unwrap();
    let mut operator = cluster.program("operate");
    operator.envs(shop().await.bootstrap_environment()).env("POD_NAME", "operator-1");
    operator.env("RESYNC_SECONDS", "1").env("MANAGEMENT_PORT", port.to_string());
    operator.env("KUBE_RS_DEBUG_IMPERSONATE_USER", user).stdout(Stdio::null());
    let operator = operator.spawn().unwrap();
    let api =
        |resource: ApiResource| Api::namespaced_with(cluster.client.clone(), &cluster.namespace, &resource);
    Some(Operated {
        products: api(kind("Product", "products")),
        categories: api(kind("Category", "categories")),
        management: format!("127.0.0.1:{port}"),
        cluster,
        operator,
    })
}

/// Removes the finalizers: without the operator nobody else would, and the namespace would stay
/// forever.
impl Drop for Operated {
    fn drop(&mut self) {
        // A running operator would add them again.
        self.operator.start_kill().unwrap();
        let namespace = self.cluster.namespace.clone();
        let release = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let client = kube::Client::try_default().await.unwrap();
                for kind in [kind("Product", "products"), kind("Category", "categories")] {
                    let all: Api<DynamicObject> = Api::namespaced_with(client.clone(), &namespace, &kind);
                    let _going =
                        all.delete_collection(&DeleteParams::default(), &ListParams::default()).await;
                    for object in all.list(&ListParams::default()).await.unwrap() {
                        let free = Patch::Merge(json!({"metadata": {"finalizers": null}}));
                        let name = object.metadata.name.unwrap();
                        let _freed = all.patch(&name, &PatchParams::default(), &free).await;
                    }
                }
            });
        });
        let _released = release.join();
    }
}

impl Operated {
    /// Returns a name in the shop, which all tests share.
    fn sku(&self, name: &str) -> String {
        format!("{}-{name}", self.cluster.namespace)
    }

    async fn category(&self, name: &str, parent: Option<&str>) {
        let mut spec = json!({"slug": self.sku(name), "name": name});
        if let Some(parent) = parent {
            spec["parent"] = json!(self.sku(parent));
        }
        self.make(&self.categories, "Category", name, spec).await;
    }

    fn spec(&self, sku: &str, category: &str) -> Value {
        json!({"sku": self.sku(sku), "name": "Mug", "description": "A mug.", "category": self.sku(category),
            "price": {"amount": 1200, "currency": "USD"}, "tags": ["mug"], "attributes": {"colour": "red"}, "stock": 7,
            "image": {"name": format!("{}.svg", self.sku(sku)), "data": "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="}})
    }

    async fn make(&self, api: &Api<DynamicObject>, kind: &str, name: &str, spec: Value) {
        let object = json!({"apiVersion": "shop.estore.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec});
        let object: DynamicObject = serde_json::from_value(object).unwrap();
        let _made = api.create(&PostParams::default(), &object).await.unwrap();
    }

    /// Waits until `Ready` has this reason for the current generation; returns the condition.
    async fn until(&self, api: &Api<DynamicObject>, name: &str, reason: &str) -> Value {
        eventually(&format!("{name} is {reason}"), || async {
            let object = api.get(name).await.ok()?;
            let condition = object.data["status"]["conditions"][0].clone();
            let current = condition["observedGeneration"].as_i64() == object.metadata.generation;
            (current && condition["reason"] == reason).then_some(condition)
        })
        .await
    }

    async fn change(
        &self,
        api: &Api<DynamicObject>,
        name: &str,
        spec: Value,
    ) -> Result<DynamicObject, kube::Error> {
        api.patch(name, &PatchParams::default(), &Patch::Merge(json!({ "spec": spec }))).await
    }
}

#[tokio::test]
async fn shop_follows_the_objects_and_drift_is_repaired() {
    let Some(it) = operated().await else { return };
    it.make(&it.products, "Product", "mug", it.spec("mug", "kitchen")).await;
    let waiting = it.until(&it.products, "mug", "CategoryMissing").await;
    assert_eq!(waiting["status"], "False");
    it.category("kitchen", None).await;
    assert_eq!(it.until(&it.products, "mug", "InShop").await["status"], "True");
    let sku = it.sku("mug");
    let (status, shown) = product(&sku).await;
    assert_eq!(
        (status, &shown["price"]["amount"], &shown["available"]),
        (200, &json!(1200), &json!(7)),
        "{shown}"
    );
    assert_eq!(shown["images"].as_array().unwrap().len(), 1);
    assert_eq!(get(&it.management, "/ready").await.0, 200);

    let _changed =
        it.change(&it.products, "mug", json!({"price": {"amount": 900}, "stock": 99})).await.unwrap();
    it.until(&it.products, "mug", "InShop").await;
    let (_, shown) = product(&sku).await;
    assert_eq!(
        (&shown["price"]["amount"], &shown["available"]),
        (&json!(900), &json!(7)),
        "stock is booked, not set"
    );

    let inventory = estore_client::PeerClient::from_env(
        &shop().await.bootstrap_environment().into_iter().collect(),
        estore_contract::PeerName::Inventory,
    )
    .unwrap();
    inventory
        .call::<()>(http::Method::DELETE, &format!("/internal/catalog/products/{sku}"), None::<&()>)
        .await
        .unwrap();
    eventually("it is for sale again", || async {
        (product(&sku).await.1["status"] == "active").then_some(())
    })
    .await;
    let events = it.cluster.api::<Event>().list(&ListParams::default()).await.unwrap();
    let told = |reason: &str| events.iter().any(|event| event.reason.as_deref() == Some(reason));
    assert!(told("CategoryMissing") && told("InShop"));
}

#[tokio::test]
async fn refused_object_states_the_reason_until_changed() {
    let Some(it) = operated().await else { return };
    it.category("a", None).await;
    let mut spec = it.spec("x", "a");
    // Three capital letters, so that the API server accepts it, but no currency.
    spec["price"]["currency"] = json!("XXX");
    it.make(&it.products, "Product", "x", spec).await;
    let refused = it.until(&it.products, "x", "Refused").await;
    assert!(refused["message"].as_str().unwrap().contains("currency"), "{refused}");
    let _changed = it.change(&it.products, "x", json!({"price": {"currency": "EUR"}})).await.unwrap();
    it.until(&it.products, "x", "InShop").await;

    let renamed = it.change(&it.products, "x", json!({"sku": "ANOTHER"})).await.unwrap_err();
    assert!(renamed.to_string().contains("a SKU cannot be changed"), "{renamed}");
    let unfit = it.change(&it.categories, "a", json!({"name": ""})).await.unwrap_err();
    assert!(unfit.to_string().contains("spec.name"), "{unfit}");
}

#[tokio::test]
async fn deleted_product_is_archived_and_empty_category_goes() {
    let Some(it) = operated().await else { return };
    it.category("b", None).await;
    it.category("below", Some("b")).await;
    it.make(&it.products, "Product", "y", it.spec("y", "below")).await;
    it.until(&it.products, "y", "InShop").await;
    for name in ["b", "below"] {
        let _going = it.categories.delete(name, &DeleteParams::default()).await.unwrap();
        let kept = it.until(&it.categories, name, "InUse").await;
        assert_eq!(kept["status"], "False");
    }
    let _going = it.products.delete("y", &DeleteParams::default()).await.unwrap();
    eventually("all are gone", || async {
        let left = it.categories.list(&ListParams::default()).await.ok()?.items.len();
        (left == 0 && it.products.get_opt("y").await.ok()?.is_none()).then_some(())
    })
    .await;
    assert_eq!(product(&it.sku("y")).await.1["status"], "archived");
}

#[tokio::test]
async fn older_of_two_product_objects_wins() {
    let Some(it) = operated().await else { return };
    it.category("c", None).await;
    it.make(&it.products, "Product", "elder", it.spec("z", "c")).await;
    it.until(&it.products, "elder", "InShop").await;
    let mut spec = it.spec("z", "c");
    spec["price"]["amount"] = json!(1);
    it.make(&it.products, "Product", "younger", spec).await;
    let second = it.until(&it.products, "younger", "Duplicate").await;
    assert!(second["message"].as_str().unwrap().contains("elder"), "{second}");
    assert_eq!(product(&it.sku("z")).await.1["price"]["amount"], json!(1200));
    let _going = it.products.delete("elder", &DeleteParams::default()).await.unwrap();
    it.until(&it.products, "younger", "InShop").await;
    let (_, shown) = product(&it.sku("z")).await;
    assert_eq!((&shown["price"]["amount"], &shown["status"]), (&json!(1), &json!("active")));
}

#[tokio::test]
async fn released_product_goes_without_its_operator() {
    let Some(mut it) = operated().await else { return };
    it.category("d", None).await;
    it.make(&it.products, "Product", "kept", it.spec("k", "d")).await;
    it.until(&it.products, "kept", "InShop").await;
    it.operator.kill().await.unwrap();
    let _going = it.products.delete("kept", &DeleteParams::default()).await.unwrap();
    assert!(it.products.get_opt("kept").await.unwrap().is_some(), "the finalizer holds it");
    let ended = it.cluster.run("release", &[]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.said.contains("2 objects released"), "{ended:?}");
    eventually("it is gone", || async { it.products.get_opt("kept").await.ok()?.is_none().then_some(()) })
        .await;
    assert_eq!(product(&it.sku("k")).await.1["status"], "active", "the shop keeps it");
}
