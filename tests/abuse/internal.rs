//! The internal listeners: mutual TLS, and each route for its peers alone.

use std::fs;

use estore_testbed::ServiceName::{self, Inventory, Payment, User};
use estore_tests::{Answer, access, peer, peer_builder, shop};
use reqwest::{Client, ClientBuilder, Identity};
use serde_json::json;

pub(super) fn internal(service: ServiceName, path: &str) -> String {
    format!("https://127.0.0.1:{}{path}", shop().environment(service)["INTERNAL_PORT"])
}

fn builder() -> ClientBuilder {
    peer_builder(shop())
}

pub(super) fn client_of(name: &str) -> Client {
    peer(shop(), name)
}

#[tokio::test]
async fn client_without_certificate_is_refused_in_handshake() {
    let _running = access();
    for service in ServiceName::ALL {
        assert!(
            Answer::try_of(builder().build().unwrap().get(internal(service, "/health"))).await.is_err(),
            "{service}"
        );
        let plain = internal(service, "/health").replace("https", "http");
        assert!(Answer::try_of(access().http.get(plain)).await.is_err(), "{service} without TLS");
    }
}

#[tokio::test]
async fn certificate_of_another_ca_is_refused_in_handshake() {
    let _running = access();
    let foreign = estore_tests::directory("foreign-tls");
    let made = std::process::Command::new(estore_tests::program("estore-bootstrap"))
        .args(["certificates", "--out"])
        .arg(&foreign)
        .status()
        .unwrap();
    assert!(made.success());
    let both =
        [fs::read(foreign.join("payment.crt")).unwrap(), fs::read(foreign.join("payment.key")).unwrap()]
            .concat();
    let client = builder().identity(Identity::from_pem(&both).unwrap()).build().unwrap();
    assert!(Answer::try_of(client.get(internal(Inventory, "/internal/reservations"))).await.is_err());
}

#[tokio::test]
async fn route_serves_its_peers_alone() {
    let _running = access();
    let order = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";
    let journal = internal(Inventory, "/internal/reservations?limit=1");
    let _served = Answer::of(client_of("payment").get(&journal)).await.expect(200);
    for other in ["user", "verification", "inventory", "bootstrap", "chaos"] {
        let client = client_of(other);
        let _refused = Answer::of(client.get(&journal)).await.refused(403, "forbidden");
        let _refused =
            Answer::of(client.post(internal(Inventory, &format!("/internal/reservations/{order}/release"))))
                .await
                .refused(403, "forbidden");
        let admin = json!({"email": "eve@example.com", "password": "a very good password"});
        if other != "bootstrap" {
            let _refused = Answer::of(client.put(internal(User, "/internal/admin")).json(&admin))
                .await
                .refused(403, "forbidden");
        }
    }
    let none = json!({"orders": []});
    let for_bootstrap = [
        (Payment, "/internal/archivable", json!({"idle_seconds": 1_000_000_000})),
        (Payment, "/internal/archive", none.clone()),
        (Payment, "/internal/cards/reseal", json!({"users": []})),
        (Inventory, "/internal/reservation-records", none.clone()),
        (Inventory, "/internal/forget-reservations", none),
    ];
    for (service, path, body) in &for_bootstrap {
        for name in ["user", "verification", "inventory", "payment", "chaos"] {
            let asked = Answer::of(client_of(name).post(internal(*service, path)).json(body)).await;
            let _refused = asked.refused(403, "forbidden");
        }
        let _served =
            Answer::of(client_of("bootstrap").post(internal(*service, path)).json(body)).await.expect(200);
    }
    let epoch = internal(User, "/internal/epoch");
    let after_restore = internal(Payment, "/internal/after-restore");
    let request = json!({"since": "2026-01-31T12:00:00Z", "only_known": true});
    for name in ["user", "verification", "inventory", "payment", "bootstrap", "chaos"] {
        let client = client_of(name);
        let answer = Answer::of(client.get(&epoch)).await;
        if matches!(name, "user" | "verification" | "chaos") {
            let _refused = answer.refused(403, "forbidden");
        } else {
            assert!(answer.expect(200).value()["epoch"].as_u64() >= Some(1));
        }
        let answer = Answer::of(client.post(&after_restore).json(&request)).await;
        if name == "bootstrap" {
            let _answered = answer.expect(200);
        } else {
            let _refused = answer.refused(403, "forbidden");
        }
    }
    for other in ["user", "verification", "inventory", "payment", "chaos"] {
        for path in ["products/MUG-ENAMEL-01", "categories/desk"] {
            let withdraw = internal(Inventory, &format!("/internal/catalog/{path}"));
            let _refused = Answer::of(client_of(other).delete(withdraw)).await.refused(403, "forbidden");
        }
    }
    let token = json!({"token": "x"});
    let introspect = internal(User, "/internal/introspect");
    assert_eq!(
        Answer::of(client_of("inventory").post(&introspect).json(&token)).await.expect(200).value(),
        json!({"active": false})
    );
    let _refused =
        Answer::of(client_of("bootstrap").post(&introspect).json(&token)).await.refused(403, "forbidden");
}

#[tokio::test]
async fn reservation_repeats_are_idempotent_and_late_ones_closed() {
    let _running = access();
    let payment = client_of("payment");
    let admin = estore_tests::Customer::admin(&access()).await;
    let sku = admin.add_product(5, 100).await;
    let id = estore_tests::unique_id;
    let reserve = async |order: uuid::Uuid, quantity: u32| {
        let body = json!({"order_id": order, "items": [{"sku": sku, "quantity": quantity}]});
        Answer::of(payment.post(internal(Inventory, "/internal/reservations")).json(&body)).await
    };
    let change = async |order: uuid::Uuid, verb: &str| {
        Answer::of(payment.post(internal(Inventory, &format!("/internal/reservations/{order}/{verb}")))).await
    };
    let order = id();
    let (first, again) = (reserve(order, 3).await.expect(201), reserve(order, 3).await.expect(201));
    assert_eq!(first.text, again.text);
    let _other = reserve(order, 2).await.refused(422, "idempotency_key_reused");
    let short = reserve(id(), 3).await.refused(409, "insufficient_stock");
    assert_eq!(short.details[0].available, Some(2));
    let (first, again) =
        (change(order, "confirm").await.expect(200), change(order, "confirm").await.expect(200));
    assert_eq!(
        (first.text.as_str(), first.value()["status"].clone()),
        (again.text.as_str(), json!("confirmed"))
    );
    let _sold = change(order, "release").await.refused(409, "already_confirmed");
    assert_eq!(admin.stock(&sku).await, (2, 0));
    let put_back = async |n: u32, items: serde_json::Value| {
        Answer::of(
            payment
                .post(internal(Inventory, &format!("/internal/reservations/{order}/return")))
                .json(&json!({"n": n, "items": items})),
        )
        .await
    };
    for _ in 0..2 {
        let _back = put_back(1, json!([{"sku": sku, "quantity": 1}])).await.expect(200);
    }
    assert_eq!(admin.stock(&sku).await, (3, 0));
    let _too_many = put_back(2, json!([{"sku": sku, "quantity": 3}])).await.refused(422, "validation_error");
    let undone = put_back(0, json!(null)).await.expect(200).value();
    assert_eq!((&undone["status"], admin.stock(&sku).await), (&json!("returned"), (5, 0)));

    let late = id();
    let tombstone = change(late, "release").await.expect(200).value();
    assert_eq!(tombstone["status"], "released");
    let _closed = reserve(late, 1).await.refused(410, "reservation_closed");
    let _closed = change(late, "confirm").await.refused(410, "reservation_closed");
    let _unknown = change(id(), "confirm").await.refused(404, "reservation_unknown");
    assert_eq!(admin.stock(&sku).await, (5, 0));
}
