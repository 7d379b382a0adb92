//! Stores that speak TLS: they are used by nothing else, and only where they prove who they are.

use std::{path::Path, process::Command, time::Duration};

use estore_stage::{
    ServiceName::{self, Inventory, Payment, User, Verification},
    Shop, Stores,
};
use estore_tests::{ADMIN, Access, Answer, CARD, Customer, directory, options, program, until};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(30);

/// Starts `service` with this setting, and waits until it says of its store what begins with `said`.
async fn unready(shop: &mut Shop, service: ServiceName, setting: (&str, &str)) {
    shop.service(service).stop().await.unwrap();
    shop.service(service).start_with(&[setting]).unwrap();
    let access = Access::to(shop);
    let check = if service == User { "postgres" } else { "redis" };
    let ask = async || {
        let answer = Answer::try_of(access.http.get(access.url(service, "/ready"))).await.ok()?;
        Some((answer.status, answer.value()["checks"][check].as_str().unwrap_or_default().to_owned()))
    };
    let (status, said) = until(PATIENCE, ask, Option::is_some).await.unwrap();
    assert!(
        status == 503 && said.starts_with("does not answer"),
        "{service} with {setting:?}: {status} {said}"
    );
    shop.service(service).stop().await.unwrap();
    shop.service(service).start_again().unwrap();
    shop.service(service).ready(PATIENCE).await.unwrap();
}

/// A process that knows a wrong authority, by a file: it is ready once the file holds the right one.
async fn ready_once_the_file_is_right(shop: &Shop, service: ServiceName, setting: (&str, &str), file: &Path) {
    let mut process = shop.another(service, &[setting, ("TLS_RELOAD_SECONDS", "0")]).unwrap();
    let access = Access::to(shop);
    let url = format!("http://127.0.0.1:{}/ready", process.port);
    let status = async || Answer::try_of(access.http.get(&url)).await.ok().map(|answer| answer.status);
    let _unready = until(PATIENCE, status, |status| *status == Some(503)).await;
    std::fs::copy(shop.directory().join("tls/ca.crt"), file).unwrap();
    process.ready(PATIENCE).await.unwrap();
}

fn another_authority(directory: &Path) -> String {
    let mut job = Command::new(program("estore-bootstrap"));
    let made = job.args(["certificates", "--stores", "localhost", "--out"]).arg(directory).status().unwrap();
    assert!(made.success());
    directory.join("ca.crt").display().to_string()
}

#[tokio::test]
async fn stores_with_tls_are_reached_by_it_alone_and_must_prove_who_they_are() {
    let directory = directory("encrypted");
    Shop::erase(&directory).unwrap();
    let options =
        estore_stage::Options { stores: Stores::Encrypted, faults: true, ..options(directory.clone(), &[]) };
    let mut shop = Shop::start(options).await.unwrap();
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let body = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "payment_method_id": card});
    let _order = Answer::of(customer.order_request("first", &body)).await.expect(201);
    let said = shop.bootstrap_with(&["raise-epoch"], &[]).await.unwrap();
    assert!(said.contains("epoch: 2"), "{said}");

    // Nothing but this question itself has a connection without.
    let password = shop.environment(Payment)["REDIS_PASSWORD"].clone();
    let clients = shop.redis.ask("operator", &password, &["CLIENT", "LIST"]).unwrap();
    let tls = format!("laddr=127.0.0.1:{}", shop.redis.tls_port().unwrap());
    let plain: Vec<_> = clients.lines().filter(|line| !line.contains(&tls)).collect();
    assert!(plain.len() == 1 && plain[0].contains("user=operator"), "{clients}");
    assert!(clients.contains("user=payment") && clients.contains("user=inventory"), "{clients}");
    let encrypted = "SELECT bool_and(ssl), count(*) > 1 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    assert_eq!(shop.postgres.sql("userdb", encrypted).unwrap().trim(), "t|t");

    let other = another_authority(&directory.join("other"));
    let url = shop.environment(User)["DATABASE_URL"].clone();
    let own = shop.environment(User)["TLS_CA"].clone();
    for service in [Payment, Inventory] {
        for setting in [("REDIS_TLS_CA", other.as_str()), ("REDIS_HOST", "127.0.0.1"), ("REDIS_TLS", "false")]
        {
            unready(&mut shop, service, setting).await;
        }
    }
    for wrong in [url.replace(&own, &other), url.replace("@localhost", "@127.0.0.1")] {
        assert_ne!(wrong, url);
        unready(&mut shop, User, ("DATABASE_URL", &wrong)).await;
    }
    let file = directory.join("authority.crt");
    let path = file.display().to_string();
    for (service, setting) in
        [(Inventory, ("REDIS_TLS_CA", &path)), (User, ("DATABASE_URL", &url.replace(&own, &path)))]
    {
        std::fs::copy(&other, &file).unwrap();
        ready_once_the_file_is_right(&shop, service, (setting.0, setting.1), &file).await;
    }
    let wrong = [("DATABASE_PASSWORD_USER", "hunter2")];
    let said = shop.bootstrap_with(&["run"], &wrong).await.err().unwrap().to_string();
    assert!(said.contains("DATABASE_URL_USER") && !said.contains("hunter2"), "{said}");

    let mut broken = Command::new(program("estore-payment"));
    broken
        .env_clear()
        .envs(shop.environment(Payment))
        .env("REDIS_TLS_CA", &shop.environment(Payment)["TLS_KEY"]);
    let output = broken.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("REDIS_TLS_CA holds no certificate"), "{said}");

    // What is mounted as files does, too, and a password in the URL as well.
    let files = directory.join("files");
    std::fs::create_dir_all(&files).unwrap();
    let file = |name: &str, value: &str| {
        std::fs::write(files.join(name), format!("{value}\n")).unwrap();
        files.join(name).display().to_string()
    };
    let environment = shop.bootstrap_environment();
    let mut job = Command::new(program("estore-bootstrap"));
    job.arg("run").env_clear();
    for (name, value) in &environment {
        let secret = name.contains("PASSWORD") || name.starts_with("DATABASE_URL");
        if secret {
            job.env(format!("{name}_FILE"), file(name, value))
        } else {
            job.env(name, value)
        };
    }
    let output = job.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains(ADMIN.0));
    shop.service(Verification).stop().await.unwrap();
    let whole = shop.environment(Verification)["DATABASE_URL"].replace("estore@", "estore:wrong@");
    shop.service(Verification).start_with(&[("DATABASE_URL", &whole)]).unwrap();
    shop.service(Verification).ready(PATIENCE).await.unwrap();
    shop.stop().await.unwrap();
}
