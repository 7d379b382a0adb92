//! A missing or wrong setting stops the start with one line that contains no secret.

use std::{
    collections::BTreeMap,
    process::{Command, Output},
};

use estore_testbed::ServiceName::{self, Inventory, Payment, User, Verification};
use estore_tests::{access, program, shop};

fn start(service: ServiceName, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Output {
    let mut environment = shop().environment(service);
    change(&mut environment);
    Command::new(program(&format!("estore-{service}"))).env_clear().envs(environment).output().unwrap()
}

#[tokio::test]
async fn wrong_setting_is_named_with_an_example() {
    let _running = access();
    let cases = [
        (User, "DATABASE_URL", None),
        (User, "JWT_SECRET", None),
        (User, "JWT_SECRET", Some("too-short-a-secret")),
        (User, "DATABASE_URL", Some("mysql://user:hunter2@localhost/x")),
        (User, "SERVICE_PORT", Some("eighty")),
        (User, "VERIFICATION_SERVICE_URL", Some("http://localhost:1")),
        (Verification, "SMTP_TLS", Some("maybe")),
        (Verification, "SMTP_SERVER", None),
        (Verification, "MAIL_FROM", Some("nobody")),
        (Inventory, "REDIS_HOST", None),
        (Inventory, "HOLD_SECONDS", Some("soon")),
        (Inventory, "SWEEP_SECONDS", Some("-1")),
        (Inventory, "PRODUCT_CACHE_BYTES", Some("-1")),
        (Payment, "LEASE_SECONDS", Some("NaN")),
        (Payment, "HOLD_SECONDS", Some("1e300")),
        (Inventory, "MAX_CONNECTIONS", Some("0")),
        (Inventory, "MAX_REQUESTS_PER_ADDRESS", Some("-1")),
        (User, "TRUSTED_PROXIES", Some("10.0.0.1/8")),
        (Payment, "TLS_RELOAD_SECONDS", Some("soon")),
        (Payment, "CARD_KEYS", Some("k1:c2hvcnQ=")),
        (Payment, "GATEWAY", Some("bank")),
        (Payment, "MAX_PAYMENT_METHODS", Some("0")),
        (Payment, "CORS_ALLOWED_ORIGINS", Some("*")),
        (User, "CORS_ALLOWED_ORIGINS", Some("http://localhost:*.evil.example")),
        (User, "CORS_ALLOWED_ORIGINS", Some("https://shop.example:*")),
        (Payment, "LIMITS", Some("maybe")),
        (User, "LIMIT_LOGIN_ACCOUNT", Some("lots")),
        (Inventory, "TRUSTED_PROXIES", Some("10.0.0.0/99")),
        (Payment, "TLS_CERT", Some("/no/such/file")),
        (Payment, "RUST_LOG", Some("=,=")),
        (Payment, "LOG_FORMAT", Some("xml")),
        (Payment, "OTEL_EXPORTER_OTLP_ENDPOINT", Some("collector:4317")),
        (Payment, "OTEL_TRACES_SAMPLER", Some("jaeger_remote")),
        (Payment, "TRACE_TRUST_CLIENTS", Some("some")),
    ];
    for (service, name, value) in cases {
        let output = start(service, |environment| match value {
            Some(value) => drop(environment.insert(name.to_owned(), value.to_owned())),
            None => drop(environment.remove(name)),
        });
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{name}");
        assert!(
            said.trim().lines().count() == 1
                && said.contains(&format!("estore-{service} does not start: {name} ")),
            "{name}: {said}"
        );
        for secret in ["too-short-a-secret", "hunter2", "c2hvcnQ="] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}

#[tokio::test]
async fn misspelled_setting_is_logged_without_its_value() {
    let _running = access();
    let output = start(User, |environment| {
        environment.insert("SESION_SECONDS".to_owned(), "hunter2".to_owned());
        // Ends the program after the search for misspelled names.
        environment.insert("LIMITS".to_owned(), "maybe".to_owned());
    });
    let log = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("unknown setting; ignored")).collect();
    let [line] = lines[..] else { panic!("{log}") };
    assert!(line.contains("\"SESION_SECONDS\"") && line.contains("\"SESSION_SECONDS\""), "{line}");
    assert!(line.contains("WARN") && !log.contains("hunter2"), "{log}");
}
