//! The settings of the caller: each goes to its programs, and a setting that `./dev up` decides
//! itself is reported.

mod document;
mod table;

use std::{collections::BTreeMap, env};

use estore_testbed::{Limits, ServiceName, Settings};

pub(crate) use document::markdown;
use table::{DECIDED, PASSED, PREFIX, To};

pub(crate) type Variables = BTreeMap<String, String>;

/// Pages on this machine may call the shop, unless the caller sets other origins.
const ORIGINS: (&str, &str) = ("CORS_ALLOWED_ORIGINS", "http://localhost:*,http://127.0.0.1:*");
/// The storefront calls the services from this machine, for the client that it names.
const PROXIES: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.1,::1");
/// A visitor of the storefront looks around before the login.
const BROWSE: (&str, &str) = ("ANONYMOUS_BROWSE", "true");
/// The logs of the services are for a person.
const LOG: (&str, &str) = ("LOG_FORMAT", "pretty");
/// `--no-limits` overrides this setting.
const SWITCH: &str = "LIMITS";
/// One customer of a benchmark saves thousands of cards.
const CARDS: (&str, &str) = ("MAX_PAYMENT_METHODS", "1000000");

/// The settings of the programs of a demo.
#[derive(Debug, Clone, Default)]
pub(crate) struct Demo {
    pub(crate) chaos: Variables,
    pub(crate) shopper: Variables,
}

/// The settings for the programs, and a line about each kind of ignored setting.
pub(crate) struct Given {
    pub(crate) settings: Settings,
    /// The settings of the faults and of the load of a demo.
    pub(crate) demo: Demo,
    pub(crate) unused: Vec<String>,
}

/// Reads the environment of this process.
#[expect(clippy::disallowed_methods, reason = "this program is no service, and uses no layer of theirs")]
pub(crate) fn from_process(limits: Limits) -> Given {
    // A variable that is not UTF-8 is not a setting of ours.
    let pairs = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    given(&pairs.collect(), limits)
}

fn given(caller: &Variables, limits: Limits) -> Given {
    let (mut settings, mut demo) = (Settings::default(), Demo::default());
    let defaults = [ORIGINS, PROXIES, LOG].map(|(name, value)| (name.to_owned(), value.to_owned()));
    settings.all.extend(defaults);
    let inventory = settings.of.entry(ServiceName::Inventory).or_default();
    inventory.insert(BROWSE.0.to_owned(), BROWSE.1.to_owned());
    for (to, names) in PASSED {
        for name in names {
            give(&mut settings, &mut demo, to, found(caller, name));
        }
    }
    let buckets = caller.keys().filter(|name| name.starts_with(PREFIX) && !name.ends_with("_FILE"));
    for name in buckets {
        give(&mut settings, &mut demo, To::All, found(caller, name));
    }
    if limits == Limits::Off {
        settings.all.remove(SWITCH);
        let payment = settings.of.entry(ServiceName::Payment).or_default();
        payment.entry(CARDS.0.to_owned()).or_insert_with(|| CARDS.1.to_owned());
    }
    let unused = DECIDED.iter().filter_map(|(why, names)| unused(caller, why, names)).collect();
    Given { settings, demo, unused }
}

/// Returns a setting as a service reads it: the value itself, or the file that has it. An empty
/// value is passed on, too: it cancels a default of ours.
fn found(caller: &Variables, name: &str) -> Variables {
    let file = format!("{name}_FILE");
    let mut found: Variables = [name, &file]
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), caller.get(*name)?.clone())))
        .collect();
    if found.contains_key(&file) {
        // A default of ours must not take precedence over the file.
        found.entry(name.to_owned()).or_default();
    }
    found
}

fn give(settings: &mut Settings, demo: &mut Demo, to: To, found: Variables) {
    match to {
        To::All => settings.all.extend(found),
        To::Services(names) => {
            for name in names {
                settings.of.entry(*name).or_default().extend(found.clone());
            }
        }
        To::Bootstrap => settings.bootstrap.extend(found),
        To::Chaos => demo.chaos.extend(found),
        To::Shopper => demo.shopper.extend(found),
    }
}

fn unused(caller: &Variables, why: &str, names: &[&str]) -> Option<String> {
    let is_set = |name: &&&str| !found(caller, name).is_empty();
    let set: Vec<&str> = names.iter().filter(is_set).copied().collect();
    (!set.is_empty()).then(|| format!("not used here: {} ({why})", set.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Given {
        let caller = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        given(&caller, Limits::On)
    }

    #[test]
    fn setting_goes_to_its_programs_alone() {
        let Given { settings, demo, unused } = of(&[
            ("ANONYMOUS_BROWSE", "true"),
            ("CHAOS_SEED", "17"),
            ("STRIPE_API_KEY_FILE", "key"),
            ("HOLD_SECONDS", "7"),
            ("LIMIT_LOGIN_ACCOUNT", "off"),
            ("LIMIT_READS_ADDRESS_FILE", "reads"),
            ("CATALOG_DIR", "mine"),
            ("HOME", "/"),
        ]);
        assert_eq!(unused, [""; 0]);
        let payment = &settings.of[&ServiceName::Payment];
        let inventory = &settings.of[&ServiceName::Inventory];
        assert_eq!([&payment["HOLD_SECONDS"], &inventory["HOLD_SECONDS"]], ["7", "7"]);
        assert_eq!((inventory["ANONYMOUS_BROWSE"].as_str(), payment.get("ANONYMOUS_BROWSE")), ("true", None));
        assert_eq!(
            (payment["STRIPE_API_KEY"].as_str(), payment["STRIPE_API_KEY_FILE"].as_str()),
            ("", "key")
        );
        assert_eq!(settings.all["LIMIT_LOGIN_ACCOUNT"], "off");
        assert_eq!(settings.bootstrap["CATALOG_DIR"], "mine");
        assert_eq!((demo.chaos["CHAOS_SEED"].as_str(), demo.shopper.len()), ("17", 0));
        assert!(!settings.all.contains_key("HOME") && !settings.all.contains_key("STRIPE_API_KEY_FILE"));
    }

    #[test]
    fn cards_are_not_limited_without_limits() {
        let cards = |caller: &[(&str, &str)], limits| {
            let caller =
                caller.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            given(&caller, limits).settings.of[&ServiceName::Payment].get(CARDS.0).cloned()
        };
        assert_eq!(cards(&[], Limits::On), None);
        assert_eq!(cards(&[], Limits::Off).as_deref(), Some("1000000"));
        assert_eq!(cards(&[("MAX_PAYMENT_METHODS", "3")], Limits::Off).as_deref(), Some("3"));
    }

    #[test]
    fn defaults_give_way_to_the_caller() {
        let settings = of(&[]).settings.all;
        assert_eq!(
            (settings["CORS_ALLOWED_ORIGINS"].as_str(), settings["LOG_FORMAT"].as_str()),
            (ORIGINS.1, "pretty")
        );
        let settings = of(&[("CORS_ALLOWED_ORIGINS", ""), ("LOG_FORMAT", "json")]).settings.all;
        assert_eq!(
            (settings["CORS_ALLOWED_ORIGINS"].as_str(), settings["LOG_FORMAT"].as_str()),
            ("", "json")
        );
    }

    #[test]
    fn setting_that_dev_up_decides_is_reported() {
        let Given { settings, unused, .. } =
            of(&[("DATABASE_URL", "x"), ("REDIS_HOST", "y"), ("SMTP_SERVER", "z"), ("JWT_SECRET_FILE", "s")]);
        let lines = unused.join("\n");
        for name in ["DATABASE_URL", "REDIS_HOST", "SMTP_SERVER", "JWT_SECRET"] {
            assert!(lines.contains(name), "{lines}");
            assert!(
                !settings.all.contains_key(name) && settings.of.values().all(|own| !own.contains_key(name))
            );
        }
        assert!(!lines.contains("=x") && !lines.contains("CARD_KEYS"), "{lines}");
    }

    #[test]
    fn catalogue_is_open_unless_the_caller_closes_it() {
        let open = |caller: &[(&str, &str)]| {
            of(caller).settings.of[&ServiceName::Inventory]["ANONYMOUS_BROWSE"].clone()
        };
        assert_eq!(open(&[]), "true");
        assert_eq!(open(&[("ANONYMOUS_BROWSE", "false")]), "false");
    }

    #[test]
    fn flag_counts_more_than_the_switch() {
        let caller = Variables::from([("LIMITS".to_owned(), "on".to_owned())]);
        assert!(given(&caller, Limits::On).settings.all.contains_key("LIMITS"));
        assert!(!given(&caller, Limits::Off).settings.all.contains_key("LIMITS"));
    }
}
