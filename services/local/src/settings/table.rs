//! The destination of each setting in docs/configuration.md.

use estore_testbed::ServiceName::{self, Inventory, Payment, Storefront, User, Verification};

/// The programs that a setting belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    /// Every service and the storefront.
    All,
    /// These services.
    Services(&'static [ServiceName]),
    /// The bootstrap job.
    Bootstrap,
    /// The faults of a demo.
    Chaos,
    /// The load of a demo.
    Shopper,
}

/// The prefix of the settings of the rate limit buckets, which belong to every service.
pub(super) const PREFIX: &str = "LIMIT_";

/// The settings that are passed on.
pub(super) const PASSED: [(To, &[&str]); 13] = [
    (
        To::All,
        &[
            "CORS_ALLOWED_ORIGINS",
            "DRAIN_SECONDS",
            "LIMITS",
            "LOG_FORMAT",
            "MAX_CONNECTIONS",
            "MAX_CONNECTIONS_PER_ADDRESS",
            "MAX_CONNECTION_SECONDS",
            "MAX_REQUESTS",
            "MAX_REQUESTS_PER_ADDRESS",
            "METRICS",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "OTEL_TRACES_SAMPLER",
            "OTEL_TRACES_SAMPLER_ARG",
            "RUST_LOG",
            "TLS_RELOAD_SECONDS",
            "TRACE_TRUST_CLIENTS",
            "TRUSTED_PROXIES",
        ],
    ),
    (
        To::Services(&[User]),
        &["REFRESH_LEEWAY_SECONDS", "SESSION_SECONDS", "SESSION_IDLE_SECONDS", "UNVERIFIED_ACCOUNT_SECONDS"],
    ),
    (To::Services(&[User, Verification]), &["DATABASE_POOL"]),
    (To::Services(&[User, Verification, Storefront]), &["SHOP_NAME"]),
    (To::Services(&[Verification, Storefront]), &["SHOP_URL"]),
    (To::Services(&[Storefront]), &["DEMO", "GRAFANA_LINK", "TRACES_LINK"]),
    (To::Services(&[Verification]), &["ACCOUNT_URL", "MAIL_FROM", "PUBLIC_URL"]),
    (
        To::Services(&[Inventory]),
        &["ANONYMOUS_BROWSE", "PRODUCT_CACHE_BYTES", "SWEEP_SECONDS", "UPLOADED_IMAGE_BYTES"],
    ),
    (To::Services(&[Inventory, Payment]), &["ALLOW_VOLATILE_REDIS", "HOLD_SECONDS"]),
    (
        To::Services(&[Payment]),
        &[
            "CARD_LUHN",
            "GATEWAY",
            "GATEWAY_REDIS_DB",
            "LEASE_SECONDS",
            "MAX_OPEN_ORDERS",
            "MAX_OPEN_UNITS",
            "MAX_PAYMENT_METHODS",
            "RECONCILE_AFTER_SECONDS",
            "STRIPE_API_BASE",
            "STRIPE_API_KEY",
        ],
    ),
    (To::Bootstrap, &["BOOTSTRAP_WAIT_SECONDS", "CATALOG_DIR"]),
    (To::Chaos, &["CHAOS_MAX_PAUSE_SECONDS", "CHAOS_MIN_PAUSE_SECONDS", "CHAOS_SEED"]),
    (To::Shopper, &["LOAD_BUYERS", "LOAD_HISTORY", "LOAD_ORDERS_PER_MINUTE", "LOAD_SEED"]),
];

/// The settings that `./dev up` decides itself, with the reason.
pub(super) const DECIDED: [(&str, &[&str]); 7] = [
    (
        "./dev up has a Postgres of its own",
        &[
            "DATABASE_PASSWORD",
            "DATABASE_PASSWORD_USER",
            "DATABASE_PASSWORD_VERIFICATION",
            "DATABASE_REPLICA_PASSWORD",
            "DATABASE_REPLICA_URL",
            "DATABASE_URL",
            "DATABASE_URL_USER",
            "DATABASE_URL_VERIFICATION",
            "POSTGRES_ADMIN_PASSWORD",
            "POSTGRES_ADMIN_URL",
        ],
    ),
    (
        "./dev up has a Redis of its own",
        &[
            "GATEWAY_BOOKS",
            "REDIS_DB",
            "REDIS_DB_GATEWAY",
            "REDIS_DB_INVENTORY",
            "REDIS_DB_PAYMENT",
            "REDIS_HOST",
            "REDIS_PASSWORD",
            "REDIS_PORT",
            "REDIS_TLS",
            "REDIS_TLS_CA",
            "REDIS_USERNAME",
        ],
    ),
    (
        "./dev up has a mailbox of its own",
        &["SMTP_PASSWORD", "SMTP_PORT", "SMTP_SERVER", "SMTP_TLS", "SMTP_USERNAME"],
    ),
    (
        "./dev up creates secrets, and keeps them with the data",
        &["CARD_KEYS", "JWT_SECRET", "JWT_SECRET_PREVIOUS", "PASSWORD_PEPPERS", "SESSION_KEYS"],
    ),
    (
        "./dev up chooses ports, addresses and certificates; --free-ports takes other ports",
        &[
            "INTERNAL_PORT",
            "INVENTORY_API_URL",
            "INVENTORY_SERVICE_URL",
            "MANAGEMENT_PORT",
            "PAYMENT_API_URL",
            "PAYMENT_SERVICE_URL",
            "SERVICE_PORT",
            "TLS_CA",
            "TLS_CERT",
            "TLS_KEY",
            "USER_API_URL",
            "USER_SERVICE_URL",
            "VERIFICATION_API_URL",
            "VERIFICATION_SERVICE_URL",
        ],
    ),
    ("./dev up has an admin of its own", &["ADMIN_EMAIL", "ADMIN_PASSWORD"]),
    (
        "./dev up --observe and --demo set them",
        &[
            "CHAOS_URL",
            "ENGINE",
            "FAULTS",
            "CUSTOMER_EMAIL",
            "CUSTOMER_PASSWORD",
            "INVENTORY_URL",
            "LISTEN_ADDRESS",
            "LOAD_PASSWORD",
            "MAILBOX_LINK",
            "MAIL_URL",
            "PAYMENT_URL",
            "PROMETHEUS_LINK",
            "PROMETHEUS_URL",
            "PUBLIC_ACTIVITY",
            "SHOPPER_URL",
            "STOREFRONT_URL",
            "USER_URL",
            "VERIFICATION_URL",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Settings that `./dev up` leaves alone: those of jobs in a cluster, of tests, and of the
    /// terminal.
    const ELSEWHERE: [&str; 15] = [
        "ARCHIVE_AFTER",
        "ARCHIVE_DIR",
        "BOOTSTRAP_STATUS",
        "CHAOS_LABELS",
        "CHAOS_MAILBOX",
        "CHAOS_TARGETS",
        "FAIL_POINT",
        "HOSTNAME",
        "NO_COLOR",
        "OBJECT_LABELS",
        "POD_NAME",
        "POD_NAMESPACE",
        "REPLACED_JOBS",
        "RESYNC_SECONDS",
        "SECRETS_PLAN",
    ];

    /// Returns each setting of docs/configuration.md, with the headings above it.
    fn documented() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        let page = include_str!("../../../../docs/configuration.md");
        let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for part in page.split("\n## ").skip(1) {
            let (title, rows) = part.split_once('\n').unwrap();
            let names = rows.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
            for name in names.filter(|_| title != "./dev up") {
                found.entry(name).or_default().insert(title);
            }
        }
        found
    }

    #[test]
    fn every_documented_setting_has_its_place() {
        let documented = documented();
        assert!(documented.len() > 90, "{documented:?}");
        for (name, titles) in documented.iter().filter(|(name, _)| !name.starts_with(PREFIX)) {
            let passed = PASSED.iter().find(|(_, names)| names.contains(name)).map(|(to, _)| *to);
            let decided = DECIDED.iter().any(|(_, names)| names.contains(name));
            let places = [passed.is_some(), decided, ELSEWHERE.contains(name)];
            let message = "say in services/local/src/settings/table.rs where it goes";
            assert_eq!(places.iter().filter(|place| **place).count(), 1, "{name}: {message}");
            match passed {
                Some(To::All) => {
                    let is_common = titles.iter().any(|title| title.starts_with("Every service"));
                    assert!(is_common, "{name}: {titles:?}");
                }
                Some(To::Services(services)) => {
                    for service in ServiceName::WITH_STOREFRONT {
                        let reads = titles.iter().any(|title| title.eq_ignore_ascii_case(service.as_str()));
                        assert_eq!(reads, services.contains(&service), "{name} of {titles:?}: {message}");
                    }
                }
                Some(To::Bootstrap) => assert!(titles.contains("Bootstrap"), "{name}: {titles:?}"),
                Some(To::Chaos) => assert!(titles.contains("Chaos"), "{name}: {titles:?}"),
                Some(To::Shopper) => assert!(titles.contains("Shopper"), "{name}: {titles:?}"),
                None => {}
            }
        }
    }

    #[test]
    fn every_setting_with_a_place_is_documented() {
        let documented = documented();
        let passed = PASSED.iter().flat_map(|(_, names)| *names);
        for name in passed.chain(DECIDED.iter().flat_map(|(_, names)| *names)).chain(&ELSEWHERE) {
            assert!(documented.contains_key(name), "{name}");
        }
    }
}
