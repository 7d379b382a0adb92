//! The queries of the engine room. They are those of the dashboards: `./dev generate` writes them
//! into `queries.json`.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

const GENERATED: &str = include_str!("queries.json");
/// The time over which rates are measured. It is short, so that a fault shows at once.
const INTERVAL: &str = "1m";

#[derive(Deserialize)]
struct Generated {
    query: String,
}

/// The queries by their names. A test reads the file.
static QUERIES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let generated: BTreeMap<String, Generated> = serde_json::from_str(GENERATED).unwrap_or_default();
    let query = |generated: Generated| generated.query.replace("$__rate_interval", INTERVAL);
    generated.into_iter().map(|(name, generated)| (name, query(generated))).collect()
});

macro_rules! queries {
    ($($query:ident = $name:literal,)+) => {
        /// A query of the dashboards, by its name in `queries.json`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Query { $($query,)+ }

        impl Query {
            pub(super) const ALL: [Self; [$($name),+].len()] = [$(Self::$query),+];

            const fn name(self) -> &'static str {
                match self { $(Self::$query => $name,)+ }
            }
        }
    };
}

queries! {
    Instances = "instances",
    Versions = "versions",
    Requests = "requests",
    Errors = "errors",
    Slowest = "p99",
    Calls = "calls",
    Unanswered = "unanswered",
    RedisCalls = "redis_calls",
    PostgresCalls = "postgres_calls",
    Redis = "redis",
    Postgres = "postgres",
    OrdersPerMinute = "orders_per_minute",
    OrdersOpen = "orders_open",
    OldestOrder = "oldest_order",
    OrdersPlaced = "orders_placed",
    OrdersCompleted = "orders_completed",
    Revenue = "revenue",
    Stock = "stock",
    Violations = "violations",
    Checked = "checked",
    AuditAge = "audit_age",
    AuditSeconds = "audit_seconds",
}

impl Query {
    /// Returns the expression.
    pub(super) fn text(self) -> &'static str {
        QUERIES.get(self.name()).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_is_generated_and_used() {
        for query in Query::ALL {
            assert!(!query.text().is_empty() && !query.text().contains('$'), "{query:?}: {}", query.text());
        }
        assert_eq!(QUERIES.len(), Query::ALL.len());
    }
}
