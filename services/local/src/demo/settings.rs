//! Settings of the shop that the engine room, the faults and the load need.

use estore_testbed::{ServiceName, Settings};

use crate::{ports::Beside, up::Extras};

/// Adds the settings of the engine room and, in a demo, of its faults and load.
pub(crate) fn add(settings: &mut Settings, ports: &Beside, extras: Extras) {
    let address = |port: u16| format!("http://127.0.0.1:{port}");
    let yes = || "true".to_owned();
    let mut set = |service, name: &str, value: String| {
        settings.of.entry(service).or_default().insert(name.to_owned(), value);
    };
    if extras.has_engine() {
        set(ServiceName::Storefront, "ENGINE", yes());
        set(ServiceName::Storefront, "PROMETHEUS_URL", address(ports.prometheus));
        set(ServiceName::Storefront, "PROMETHEUS_LINK", format!("http://localhost:{}", ports.prometheus));
        set(ServiceName::Payment, "PUBLIC_ACTIVITY", yes());
    }
    if extras.demo {
        set(ServiceName::Storefront, "CHAOS_URL", address(ports.chaos.public));
        set(ServiceName::Storefront, "SHOPPER_URL", address(ports.shopper.public));
        set(ServiceName::Payment, "FAULTS", yes());
    }
}

#[cfg(test)]
mod tests {
    use estore_testbed::Ports;

    use super::*;

    fn of(extras: Extras) -> Settings {
        let mut settings = Settings::default();
        add(&mut settings, &Beside::choose(Ports::Free, true).unwrap(), extras);
        settings
    }

    #[test]
    fn faults_are_possible_in_a_demo_alone() {
        assert!(of(Extras::default()).of.is_empty());
        let observed = of(Extras { observe: true, demo: false }).of;
        let (storefront, payment) = (&observed[&ServiceName::Storefront], &observed[&ServiceName::Payment]);
        assert_eq!(storefront["ENGINE"], "true");
        assert!(!storefront.contains_key("CHAOS_URL") && !payment.contains_key("FAULTS"));
        let demo = of(Extras { observe: false, demo: true }).of;
        assert_eq!(demo[&ServiceName::Payment]["FAULTS"], "true");
        assert!(demo[&ServiceName::Storefront].contains_key("SHOPPER_URL"));
    }
}
