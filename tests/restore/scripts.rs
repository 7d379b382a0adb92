//! The scripts that back up and restore a shop in a cluster, run unchanged.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, SystemTime},
};

use estore_contract::payment::Order;
use estore_testbed::{
    ServiceName::{self, Payment, User},
    Shop, Stores, installed,
};
use estore_tests::{Access, Answer, CARD, Customer, PASSWORD, directory, fresh, program, project, until};
use redis::cmd;
use reqwest::Method;
use serde_json::json;

use super::{
    books::agree,
    keep::{BOOKS, PATIENCE, connect, ready, unready},
};

const SKU: &str = "MUG-ENAMEL-01";

/// The directory and the environment of the backup scripts.
struct Desk {
    backups: PathBuf,
    settings: Vec<(String, String)>,
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

impl Desk {
    /// Prepares the environment that the pods have: passwords as files.
    fn of(shop: &Shop) -> Self {
        let backups = shop.directory().join("backups");
        fs::create_dir_all(&backups).unwrap();
        let bootstrap = shop.bootstrap_environment();
        let password = backups.join("../admin-password");
        fs::write(&password, format!("{}\n", bootstrap["REDIS_PASSWORD"])).unwrap();
        let mut settings: Vec<(String, String)> = [
            ("REDIS_HOST", bootstrap["REDIS_HOST"].clone()),
            ("REDIS_PORT", bootstrap["REDIS_PORT"].clone()),
            ("REDIS_TLS", "true".to_owned()),
            ("REDIS_TLS_CA", bootstrap["TLS_CA"].clone()),
            ("REDIS_USERNAME", "operator".to_owned()),
            ("REDIS_PASSWORD_FILE", password.display().to_string()),
            ("REDIS_DATA", shop.redis.directory().display().to_string()),
            ("BACKUP_DIR", backups.display().to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for (name, value) in &bootstrap {
            if name.starts_with("DATABASE_") {
                settings.push((name.clone(), value.clone()));
            }
        }
        Self { backups, settings }
    }

    #[expect(clippy::disallowed_methods, reason = "where the tools of this machine are")]
    fn run(&self, script: &str, extra: &[(&str, &str)]) -> Result<String, String> {
        let mut path: Vec<PathBuf> =
            extra.iter().filter(|(name, _)| *name == "PATH").map(|(_, place)| place.into()).collect();
        for tool in ["pg_dump", "psql", "redis-cli", "redis-server"] {
            path.push(installed(&[tool]).unwrap().parent().unwrap().to_owned());
        }
        path.extend(env::split_paths(&env::var_os("PATH").unwrap()));
        let mut job = Command::new("sh");
        job.arg(project().join("charts/estore/files/backup").join(script)).env_clear();
        job.envs(self.settings.iter().cloned()).envs(extra.iter().copied());
        let output = job.env("PATH", env::join_paths(path).unwrap()).output().unwrap();
        if output.status.success() { Ok(said(&output)) } else { Err(said(&output)) }
    }

    fn password(&self) -> String {
        fs::read_to_string(self.backups.join("../admin-password")).unwrap().trim().to_owned()
    }

    /// Returns the complete backups, oldest first.
    fn complete(&self) -> Vec<String> {
        let names = fs::read_dir(&self.backups).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| name.ends_with('Z'));
        names.sort();
        names
    }

    /// Runs all steps of a backup in order.
    async fn back_up(&self, shop: &Shop, keep: &str) {
        self.run("redis.sh", &[]).unwrap();
        shop.bootstrap_with(&["raise-epoch"], &[]).await.unwrap();
        self.run("postgres.sh", &[]).unwrap();
        self.run("complete.sh", &[("BACKUP_KEEP", keep)]).unwrap();
    }
}

async fn start(name: &str) -> Shop {
    let settings = [("GATEWAY_REDIS_DB", "2"), ("LEASE_SECONDS", "2"), ("RECONCILE_AFTER_SECONDS", "1")];
    let options = estore_testbed::Options {
        stores: Stores::Encrypted,
        faults: true,
        ..fresh(directory(&format!("restore-{name}")), &settings)
    };
    let shop = Shop::start(options).await.unwrap();
    // Copies begin at once, instead of waiting for other replicas that want one too.
    let mut redis = connect(shop.redis_url("operator", 0)).await;
    let at_once = cmd("CONFIG").arg("SET").arg("repl-diskless-sync-delay").arg(0).to_owned();
    at_once.query_async::<()>(&mut redis).await.unwrap();
    shop
}

/// Reads the gateway's books. A real gateway loses nothing with the shop.
async fn books(shop: &Shop) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut redis = connect(shop.redis_url("operator", BOOKS)).await;
    let keys: Vec<Vec<u8>> = cmd("KEYS").arg("*").query_async(&mut redis).await.unwrap();
    let mut books = Vec::new();
    for key in keys {
        let value: Vec<u8> = cmd("DUMP").arg(&key).query_async(&mut redis).await.unwrap();
        books.push((key, value));
    }
    books
}

async fn put_back(shop: &Shop, books: Vec<(Vec<u8>, Vec<u8>)>) {
    let mut redis = connect(shop.redis_url("operator", BOOKS)).await;
    for (key, value) in books {
        let mut restore = cmd("RESTORE");
        restore.arg(key).arg(0).arg(value).arg("REPLACE");
        restore.query_async::<()>(&mut redis).await.unwrap();
    }
}

fn shim(directory: &Path, tool: &str, script: &str) -> String {
    fs::create_dir_all(directory).unwrap();
    let path = directory.join(tool);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    directory.display().to_string()
}

#[tokio::test]
async fn scripts_restore_a_shop() {
    let mut shop = start("scripts").await;
    let desk = Desk::of(&shop);
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let before = customer.order("before", card, SKU, 2).await.expect(201).json::<Order>();
    // The audit reads the gateway's books in their own database.
    let audit =
        Command::new(program("estore-bootstrap")).arg("audit").envs(shop.audit_environment()).output();
    let audit = audit.unwrap();
    assert!(audit.status.success(), "{}", said(&audit));
    desk.back_up(&shop, "7").await;
    let [backup] = desk.complete().try_into().unwrap();

    // Since the backup: an order, a refund, an account.
    let lost = customer.order("lost", card, SKU, 3).await.expect(201).json::<Order>();
    let refund = admin.request(Method::POST, Payment, &format!("/orders/{}/refunds", before.id));
    let body = json!({"items": [{"sku": SKU, "quantity": 1}]});
    let _refund = Answer::of(refund.header("Idempotency-Key", "r").json(&body)).await.expect(201);
    let newcomer = Customer::register(&access, &shop.mailbox).await;
    shop.postgres.sql("userdb", "CREATE TABLE newer (n int)").unwrap();

    for service in ServiceName::ALL {
        shop.service(service).stop().await.unwrap();
    }
    let books = books(&shop).await;
    // A server that runs on the volume would undo the restore.
    let said = desk.run("restore-redis.sh", &[]).unwrap_err();
    assert!(said.contains("Redis runs at") && !shop.redis.directory().join("restore.old").exists(), "{said}");
    shop.redis.kill().await.unwrap();

    // A damaged or missing copy changes nothing.
    let file = desk.backups.join(&backup).join("redis.rdb");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[1..]).unwrap();
    let said = desk.run("restore-redis.sh", &[]).unwrap_err();
    assert!(said.contains("FAILED"), "{said}");
    fs::write(&file, &whole).unwrap();
    for script in ["restore-redis.sh", "restore-postgres.sh"] {
        let said = desk.run(script, &[("BACKUP_NAME", "20200101T000000Z")]).unwrap_err();
        assert!(said.contains("there is no backup 20200101T000000Z"), "{said}");
    }

    let said = desk.run("restore-redis.sh", &[]).unwrap();
    assert!(said.contains(&format!("restored: Redis as in {backup}")), "{said}");
    // A second run does no harm.
    let _again = desk.run("restore-redis.sh", &[("BACKUP_NAME", &backup)]).unwrap();
    shop.redis.start_again().await.unwrap();
    put_back(&shop, books).await;
    let said = desk.run("restore-postgres.sh", &[]).unwrap();
    assert!(said.contains(&format!("Postgres, user, as in {backup}")), "{said}");
    let newer = shop.postgres.sql("userdb", "SELECT to_regclass('newer') IS NULL").unwrap();
    assert_eq!(newer.trim(), "t", "what came since is gone");

    for service in ServiceName::ALL {
        shop.service(service).start_again().unwrap();
    }
    shop.service(User).ready(PATIENCE).await.unwrap();
    unready(&access).await;
    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(said.contains(&lost.id.to_string()) && said.contains(&before.id.to_string()), "{said}");
    ready(&mut shop).await;
    // A session may have ended since the backup, so none goes on.
    for session in [&customer, &admin] {
        let _ended = session.get(User, "/me").await.expect(401);
        let body = json!({"refresh_token": session.refresh_token});
        let _ended = session.post(User, "/token/refresh", &body).await.expect(401);
    }
    let customer = Customer::login(&access, &customer.email, PASSWORD).await;
    let same = customer.order("before", card, SKU, 2).await.expect(201).json::<Order>();
    assert_eq!(same.id, before.id);
    let _lost = customer.order("lost", card, SKU, 3).await.refused(409, "order_lost");
    let login = json!({"email": newcomer.email, "password": PASSWORD});
    let _gone = Answer::of(access.http.post(access.url(User, "/login")).json(&login)).await.expect(401);
    agree(&shop, &[&customer]).await;

    // The restored data is durable, and is part of the next backup.
    shop.redis.crash_and_restart().await.unwrap();
    let ask = async || customer.order("before", card, SKU, 2).await;
    let same = until(PATIENCE, ask, |answer| answer.status == 201).await.json::<Order>();
    assert_eq!(same.id, before.id);
    desk.back_up(&shop, "1").await;
    assert!(desk.complete().len() == 1 && !desk.complete().contains(&backup), "the newest alone is kept");
    shop.stop().await.unwrap();
}

/// The tools with which `restore-redis.sh` changes the volume.
const CHANGES: [&str; 3] = ["mv", "rm", "sync"];

#[tokio::test]
async fn repeated_restore_keeps_the_data_before_it() {
    let mut shop = start("scripts-repeated").await;
    let desk = Desk::of(&shop);
    desk.back_up(&shop, "7").await;
    // Each tool fails at the call with the number FAIL_AT, and ends the script there.
    let shims = desk.backups.join("../cut-short");
    for tool in CHANGES {
        let count = r#"n=$(($(cat "$COUNT") + 1)); echo $n >"$COUNT"; [ $n -ne "$FAIL_AT" ] || exit 1"#;
        shim(&shims, tool, &format!("{count}\nPATH=${{PATH#*:}} exec {tool} \"$@\""));
    }
    let (data, count) = (shop.directory().join("volume"), shop.directory().join("count"));
    let text = |path: &Path| path.display().to_string();
    let (volume, counted, shims) = (text(&data), text(&count), text(&shims));
    let restore = |fail_at: usize| {
        fs::write(&count, "0").unwrap();
        let fail_at = fail_at.to_string();
        let extra =
            [("REDIS_DATA", volume.as_str()), ("COUNT", &counted), ("FAIL_AT", &fail_at), ("PATH", &shims)];
        // The shop's Redis runs on another volume.
        let extra = [extra.as_slice(), &[("REDIS_HOST", "")]].concat();
        desk.run("restore-redis.sh", &extra)
    };
    let is_done = |said: Result<String, String>| said.unwrap_or_else(|said| said).contains("restored: Redis");
    let kept = |file: &str| fs::read_to_string(data.join("restore.old/appendonlydir").join(file)).ok();
    let log = data.join("appendonlydir");
    let mut fail_at = 1;
    loop {
        let _absent = fs::remove_dir_all(&data);
        for (directory, content) in [("restore.old/appendonlydir", "older"), ("appendonlydir", "before")] {
            fs::create_dir_all(data.join(directory)).unwrap();
            fs::write(data.join(directory).join("log"), content).unwrap();
        }
        if is_done(restore(fail_at)) {
            break;
        }
        // The repeat may be cut short, too.
        if !is_done(restore(fail_at)) {
            assert!(is_done(restore(0)));
        }
        assert_eq!(kept("log").as_deref(), Some("before"), "cut short at change {fail_at}");
        assert!(log.join("appendonly.aof.manifest").is_file() && !log.join("log").exists());
        fail_at += 1;
    }
    assert!(fail_at > 5, "it makes {fail_at} changes only");
    // A log to which a server has written since is data again.
    let mark = fs::File::create(data.join("restore.old/unfinished")).unwrap();
    mark.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    fs::write(log.join("log"), "since").unwrap();
    assert!(is_done(restore(0)));
    assert_eq!(kept("log").as_deref(), Some("since"));
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn backup_is_valid_only_complete_and_in_order() {
    let mut shop = start("scripts-order").await;
    let desk = Desk::of(&shop);
    let said = desk.run("postgres.sh", &[]).unwrap_err();
    assert!(said.contains("no copy of Redis, which comes first"), "{said}");
    assert!(desk.run("complete.sh", &[]).is_err() && desk.complete().is_empty());
    for script in ["restore-redis.sh", "restore-postgres.sh"] {
        let said = desk.run(script, &[]).unwrap_err();
        assert!(said.contains("there is no complete backup"), "{said}");
    }
    // A number that the last step would refuse costs no copy.
    let said = desk.run("redis.sh", &[("BACKUP_KEEP", "0")]).unwrap_err();
    assert!(said.contains("must be at least 1"), "{said}");
    assert_eq!(fs::read_dir(&desk.backups).unwrap().count(), 0);
    for (wrong, value) in
        [("REDIS_USERNAME", "nobody"), ("REDIS_PORT", "1"), ("REDIS_TLS_CA", "/etc/hostname")]
    {
        let said = desk.run("redis.sh", &[(wrong, value), ("BACKUP_WAIT_SECONDS", "1")]).unwrap_err();
        assert!(desk.run("complete.sh", &[]).is_err(), "{said}");
    }
    // The script rejects a copy that the server began earlier for another client.
    let shims = desk.backups.join("../shims");
    let old = shim(&shims, "redis-server", "echo \"AUX FIELD ctime = '1700000000'\"");
    let said = desk.run("redis.sh", &[("PATH", &old)]).unwrap_err();
    assert!(said.contains("begun at 1700000000"), "{said}");
    let broken = shim(&shims, "redis-server", "echo 'bad checksum'; exit 1");
    assert!(desk.run("redis.sh", &[("PATH", &broken)]).unwrap_err().contains("bad checksum"));

    // Interrupted, then run again: nothing of the interrupted backup remains.
    let _copied = desk.run("redis.sh", &[]).unwrap();
    let nowhere = [("DATABASE_URL_USER", ""), ("DATABASE_URL_USER_FILE", "/nowhere")];
    for script in ["postgres.sh", "restore-postgres.sh"] {
        let said = desk.run(script, &nowhere).unwrap_err();
        assert!(said.contains("DATABASE_URL_USER: has no address"), "{said}");
    }
    desk.back_up(&shop, "7").await;
    assert_eq!(fs::read_dir(&desk.backups).unwrap().count(), 1);

    // The owner of a database needs no further rights to restore it, even into an empty one.
    let name = desk.complete().remove(0);
    shop.postgres.sql("userdb", "CREATE ROLE keeper LOGIN PASSWORD 'kept'; CREATE ROLE other LOGIN").unwrap();
    shop.postgres.sql("userdb", "CREATE DATABASE kept OWNER keeper").unwrap();
    let port = shop.postgres.port();
    let kept = format!("postgresql://keeper:kept@127.0.0.1:{port}/kept");
    let file = desk.backups.join("../address");
    fs::write(&file, format!("{kept}\n")).unwrap();
    let file = file.display().to_string();
    let settings = [
        ("DATABASE_URL_USER", ""),
        ("DATABASE_URL_USER_FILE", file.as_str()),
        ("DATABASE_URL_VERIFICATION", &kept),
        ("DATABASE_PASSWORD_USER", ""),
        ("DATABASE_PASSWORD_VERIFICATION", ""),
        ("BACKUP_NAME", &name),
        // A pod has little room there.
        ("TMPDIR", "/nowhere"),
    ];
    fs::write(desk.backups.join("restore-postgres.killed"), "SQL of a run that was killed").unwrap();
    for _ in 0..2 {
        desk.run("restore-postgres.sh", &settings).unwrap();
    }
    assert_eq!(fs::read_dir(&desk.backups).unwrap().count(), 1, "only the backup remains");
    let tables = "SELECT to_regclass('verifications') IS NOT NULL, to_regclass('users') IS NULL";
    assert_eq!(shop.postgres.sql("kept", tables).unwrap().trim(), "t|t", "the second took the first's place");
    // A restore that cannot be complete changes nothing.
    shop.postgres.sql("kept", "CREATE TABLE theirs (n int); ALTER TABLE theirs OWNER TO other").unwrap();
    shop.postgres.sql("kept", "ALTER SCHEMA public OWNER TO other").unwrap();
    assert!(desk.run("restore-postgres.sh", &settings).is_err());
    assert_eq!(fs::read_dir(&desk.backups).unwrap().count(), 1, "only the backup remains");
    assert_eq!(shop.postgres.sql("kept", tables).unwrap().trim(), "t|t");
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn backup_waits_for_stores_that_load() {
    let mut shop = start("scripts-loading").await;
    let desk = Desk::of(&shop);
    let write = "for i = 1, 16384 do redis.call('SET', 'junk', i) end";
    let _written = shop.redis.ask("operator", &desk.password(), &["EVAL", write, "0"]).unwrap();
    shop.redis.kill().await.unwrap();
    shop.redis.start_loading(Duration::from_micros(200)).unwrap();
    let loading = async || shop.redis.ask("operator", &desk.password(), &["PING"]).unwrap();
    let _loads = until(PATIENCE, loading, |answer| answer.starts_with("LOADING")).await;
    desk.run("redis.sh", &[]).unwrap();
    shop.postgres.kill().await.unwrap();
    shop.postgres.start_recovering(Duration::from_millis(500)).await.unwrap();
    desk.run("postgres.sh", &[]).unwrap();
    desk.run("complete.sh", &[]).unwrap();
    shop.postgres.kill().await.unwrap();
    shop.postgres.start_recovering(Duration::from_millis(500)).await.unwrap();
    desk.run("restore-postgres.sh", &[]).unwrap();
    shop.stop().await.unwrap();
}
