//! Which programs a source file is part of.

use std::{collections::BTreeSet, path::Path};

use estore_testbed::ServiceName;

/// A program of `./dev up`, as the watch sees it, in the order in which they start again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The bootstrap job: run again, first, as services wait for the migrations that they need.
    Bootstrap,
    /// A service or the storefront: restarted.
    Service(ServiceName),
    /// The shopper of `--demo`: restarted.
    Shopper,
    /// The program that watches. It cannot replace itself.
    Own,
}

impl Part {
    /// The name, as messages have it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Service(name) => name.as_str(),
            Self::Bootstrap => "bootstrap",
            Self::Shopper => "shopper",
            Self::Own => "./dev up itself",
        }
    }
}

/// The directories and files in which sources lie.
pub(super) const ROOTS: [&str; 6] =
    ["Cargo.lock", "Cargo.toml", "catalog", "crates", "migrations", "services"];

/// Returns the programs that a changed file is part of. `path` is relative to the project.
pub(super) fn parts_of(path: &Path) -> BTreeSet<Part> {
    use Part::{Bootstrap, Own, Service, Shopper};
    let words: Vec<&str> = path.iter().filter_map(|word| word.to_str()).collect();
    let services = || ServiceName::WITH_STOREFRONT.map(Service);
    let everything = || services().into_iter().chain([Bootstrap, Shopper]).collect();
    match words.as_slice() {
        // Tests are no part of a program.
        ["services" | "crates", _, "tests", ..] | ["crates" | "services", _] => BTreeSet::new(),
        ["services", name, ..] => match service(name) {
            Some(service) => [Service(service)].into(),
            None if *name == "bootstrap" => [Bootstrap].into(),
            None if *name == "shopper" => [Shopper].into(),
            // The faults of a demo are caused by the program that watches.
            None => [Own].into(),
        },
        // Redis reads the rules of its users when it starts.
        ["crates", "testbed", ..] | ["migrations", "acl", ..] => [Own].into(),
        ["crates", "checker", ..] => [Bootstrap, Shopper].into(),
        ["crates", ..] | ["Cargo.toml" | "Cargo.lock"] => everything(),
        // Both programs compile the migrations of Postgres in.
        ["migrations", name @ ("user" | "verification"), ..] => {
            service(name).map(Service).into_iter().chain([Bootstrap]).collect()
        }
        ["migrations" | "catalog", ..] => [Bootstrap].into(),
        _ => BTreeSet::new(),
    }
}

fn service(name: &str) -> Option<ServiceName> {
    ServiceName::WITH_STOREFRONT.into_iter().find(|service| service.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::{
        Part::{Bootstrap, Own, Service, Shopper},
        *,
    };

    fn parts(path: &str) -> Vec<Part> {
        parts_of(Path::new(path)).into_iter().collect()
    }

    #[test]
    fn file_of_one_service_restarts_it_alone() {
        assert_eq!(parts("services/payment/src/flow/drive.rs"), [Service(ServiceName::Payment)]);
        assert_eq!(parts("services/storefront/templates/home.html"), [Service(ServiceName::Storefront)]);
        assert_eq!(parts("services/user/Cargo.toml"), [Service(ServiceName::User)]);
    }

    #[test]
    fn shared_crate_restarts_every_service() {
        let all = parts("crates/contract/src/money.rs");
        for service in ServiceName::WITH_STOREFRONT {
            assert!(all.contains(&Service(service)), "{service}");
        }
        assert!(all.contains(&Bootstrap) && all.contains(&Shopper) && !all.contains(&Own));
        assert_eq!(parts("Cargo.lock"), all);
    }

    #[test]
    fn migration_restarts_its_service_and_runs_bootstrap() {
        let user = parts("migrations/user/0021_more.sql");
        assert_eq!(user, [Bootstrap, Service(ServiceName::User)]);
        assert_eq!(parts("migrations/payment/pay1/20_orders.lua"), [Bootstrap]);
        assert_eq!(parts("catalog/products.yaml"), [Bootstrap]);
    }

    #[test]
    fn own_parts_and_tests_restart_nothing() {
        for path in
            ["crates/testbed/src/redis/mod.rs", "services/local/src/up.rs", "services/chaos/src/lib.rs"]
        {
            assert_eq!(parts(path), [Own], "{path}");
        }
        for path in ["services/payment/tests/it/main.rs", "docs/operations.md", "tests/journeys/mod.rs"] {
            assert_eq!(parts(path), [], "{path}");
        }
    }
}
