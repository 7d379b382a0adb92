//! Stores with TLS: services connect only by TLS, and only if the store proves its identity.

use std::{
    path::Path,
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use estore_testbed::{
    ServiceName::{self, Inventory, Payment, User, Verification},
    Shop, Stores,
};
use estore_tests::{ADMIN, Access, Answer, CARD, Customer, directory, fresh, program, until};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(30);

/// Starts `service` with this setting, and waits until `/ready` gives `reason` for not using the
/// store.
async fn unready(shop: &mut Shop, service: ServiceName, setting: (&str, &str), reason: &str) {
    shop.service(service).stop().await.unwrap();
    shop.service(service).start_with(&[setting]).unwrap();
    let access = Access::to(shop);
    let check = if service == User { "postgres" } else { "redis" };
    let ask = async || {
        let answer = Answer::try_of(access.http.get(access.url(service, "/ready"))).await.ok()?;
        Some((answer.status, answer.value()["checks"][check].as_str().unwrap_or_default().to_owned()))
    };
    let (status, said) = until(PATIENCE, ask, Option::is_some).await.unwrap();
    assert!(status == 503 && said == reason, "{service} with {setting:?}: {status} {said}");
    shop.service(service).stop().await.unwrap();
    shop.service(service).start_again().unwrap();
    shop.service(service).ready(PATIENCE).await.unwrap();
}

/// Starts a process whose CA file holds the wrong CA. The process becomes ready once the file holds
/// the right one.
async fn ready_once_the_file_is_right(shop: &Shop, service: ServiceName, setting: (&str, &str), file: &Path) {
    let mut process = shop.another(service, &[setting, ("TLS_RELOAD_SECONDS", "0")]).unwrap();
    let access = Access::to(shop);
    let url = format!("http://127.0.0.1:{}/ready", process.port);
    let status = async || Answer::try_of(access.http.get(&url)).await.ok().map(|answer| answer.status);
    let _unready = until(PATIENCE, status, |status| *status == Some(503)).await;
    std::fs::copy(shop.directory().join("tls/ca.crt"), file).unwrap();
    process.ready(PATIENCE).await.unwrap();
}

/// Waits until the metrics at `port` show the expiry of the certificate of `store`.
#[expect(clippy::disallowed_methods, reason = "a test is no service")]
async fn certificate_is_watched(access: &Access, port: u16, store: &str) {
    let series = format!("estore_certificate_expires_seconds{{shown_by=\"{store}\"}} ");
    let ends = async || {
        let answer = Answer::of(access.http.get(format!("http://127.0.0.1:{port}/metrics"))).await;
        let line = answer.text.lines().find_map(|line| line.strip_prefix(&series))?.to_owned();
        Some(line.parse::<i64>().unwrap())
    };
    let ends = until(PATIENCE, ends, |ends| ends.is_some_and(|ends| ends > 0)).await.unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let days = (u64::try_from(ends).unwrap() - now) / 86_400;
    assert!((360..=366).contains(&days), "{store}: its certificate ends in {days} days");
}

fn another_authority(directory: &Path) -> String {
    let mut job = Command::new(program("estore-bootstrap"));
    let made = job.args(["certificates", "--stores", "localhost", "--out"]).arg(directory).status().unwrap();
    assert!(made.success());
    directory.join("ca.crt").display().to_string()
}

#[tokio::test]
async fn stores_with_tls_must_prove_their_identity() {
    let directory = directory("encrypted");
    let options =
        estore_testbed::Options { stores: Stores::Encrypted, faults: true, ..fresh(directory.clone(), &[]) };
    let mut shop = Shop::start(options).await.unwrap();
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let body = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "payment_method_id": card});
    let _order = Answer::of(customer.order_request("first", &body)).await.expect(201);
    let said = shop.bootstrap_with(&["raise-epoch"], &[]).await.unwrap();
    assert!(said.contains("epoch: 2"), "{said}");

    // Only this query itself uses a connection without TLS.
    let password = shop.environment(Payment)["REDIS_PASSWORD"].clone();
    let clients = shop.redis.ask("operator", &password, &["CLIENT", "LIST"]).unwrap();
    let tls = format!("laddr=127.0.0.1:{}", shop.redis.tls_port().unwrap());
    let plain: Vec<_> = clients.lines().filter(|line| !line.contains(&tls)).collect();
    assert!(plain.len() == 1 && plain[0].contains("user=operator"), "{clients}");
    assert!(clients.contains("user=payment") && clients.contains("user=inventory"), "{clients}");
    let encrypted = "SELECT bool_and(ssl), count(*) > 1 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    assert_eq!(shop.postgres.sql("userdb", encrypted).unwrap().trim(), "t|t");

    for (service, store) in
        [(User, "postgres"), (Verification, "postgres"), (Inventory, "redis"), (Payment, "redis")]
    {
        let (_, port) = *shop.management_ports().iter().find(|(name, _)| *name == service).unwrap();
        certificate_is_watched(&access, port, store).await;
    }

    let other = another_authority(&directory.join("other"));
    let url = shop.environment(User)["DATABASE_URL"].clone();
    let own = shop.environment(User)["TLS_CA"].clone();
    for service in [Payment, Inventory] {
        for (setting, reason) in [
            (("REDIS_TLS_CA", other.as_str()), "certificate"),
            (("REDIS_HOST", "127.0.0.1"), "certificate"),
            (("REDIS_TLS", "false"), "unreachable"),
        ] {
            unready(&mut shop, service, setting, reason).await;
        }
    }
    for wrong in [url.replace(&own, &other), url.replace("@localhost", "@127.0.0.1")] {
        assert_ne!(wrong, url);
        unready(&mut shop, User, ("DATABASE_URL", &wrong), "certificate").await;
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

    // Settings mounted as files work too, and so does a password in the URL.
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
