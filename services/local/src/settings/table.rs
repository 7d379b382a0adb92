//! What becomes of each setting of README.md's table.

use estore_stage::ServiceName::{self, Inventory, Payment, User, Verification};

/// The programs that a setting belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    /// Every service.
    All,
    /// These services.
    Services(&'static [ServiceName]),
    /// The bootstrap job.
    Bootstrap,
}

/// Every bucket of the rate limits has a setting that begins so; they belong to every service.
pub(super) const PREFIX: &str = "LIMIT_";

/// What is passed on.
pub(super) const PASSED: [(To, &[&str]); 8] = [
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
    (To::Services(&[User, Verification]), &["DATABASE_POOL", "SHOP_NAME"]),
    (To::Services(&[Verification]), &["ACCOUNT_URL", "MAIL_FROM", "PUBLIC_URL"]),
    (To::Services(&[Inventory]), &["ANONYMOUS_BROWSE", "PRODUCT_CACHE_BYTES", "SWEEP_SECONDS"]),
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
];

/// What `./dev up` decides itself, and why.
pub(super) const DECIDED: [(&str, &[&str]); 6] = [
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
            "REDIS_DB",
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
        "./dev up makes secrets, and keeps them with the data",
        &["CARD_KEYS", "JWT_SECRET", "JWT_SECRET_PREVIOUS", "PASSWORD_PEPPERS"],
    ),
    (
        "./dev up chooses ports, addresses and certificates; --free-ports takes other ports",
        &[
            "INTERNAL_PORT",
            "INVENTORY_SERVICE_URL",
            "MANAGEMENT_PORT",
            "PAYMENT_SERVICE_URL",
            "SERVICE_PORT",
            "TLS_CA",
            "TLS_CERT",
            "TLS_KEY",
            "USER_SERVICE_URL",
            "VERIFICATION_SERVICE_URL",
        ],
    ),
    ("./dev up has an admin of its own", &["ADMIN_EMAIL", "ADMIN_PASSWORD"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Settings of what `./dev up` does not run: jobs in a cluster.
    const ELSEWHERE: [&str; 8] = [
        "ARCHIVE_AFTER",
        "ARCHIVE_DIR",
        "BOOTSTRAP_LEASE",
        "BOOTSTRAP_STATUS",
        "POD_NAME",
        "POD_NAMESPACE",
        "RESYNC_SECONDS",
        "SECRETS_PLAN",
    ];

    /// Each setting of the table, with the programs that it is said to be of.
    fn documented() -> Vec<(&'static str, &'static str)> {
        let readme = include_str!("../../../../README.md");
        let (_, table) = readme.split_once("## Configuration").unwrap();
        let (table, _) = table.split_once("Limits, unless set").unwrap();
        let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
        let cells = rows.map(|row| row.split_once(" | ").unwrap());
        let of = |rest: &'static str| rest.split_once(" | ").unwrap().0;
        cells
            .flat_map(|(names, rest)| names.split('`').step_by(2).map(move |name| (name, of(rest))))
            .collect()
    }

    #[test]
    fn every_documented_setting_has_its_place() {
        let documented: Vec<_> = documented()
            .into_iter()
            .filter(|(name, _)| !name.is_empty() && !name.starts_with(PREFIX))
            .collect();
        assert!(documented.len() > 70, "{documented:?}");
        for (name, of) in documented {
            let passed = PASSED.iter().find(|(_, names)| names.contains(&name)).map(|(to, _)| *to);
            let decided = DECIDED.iter().any(|(_, names)| names.contains(&name));
            let places = [passed.is_some(), decided, ELSEWHERE.contains(&name)];
            let message = "say in services/local/src/settings/table.rs where it goes";
            assert_eq!(places.iter().filter(|place| **place).count(), 1, "{name}: {message}");
            match passed {
                Some(To::All) => assert_eq!(of, "all", "{name}"),
                Some(To::Services(services)) => {
                    for service in ServiceName::ALL {
                        let says = of.to_lowercase().contains(service.as_str());
                        assert!(!says || services.contains(&service), "{name} is of {of}: {message}");
                    }
                }
                Some(To::Bootstrap) => assert!(of.starts_with("bootstrap"), "{name}"),
                None => {}
            }
        }
    }
}
