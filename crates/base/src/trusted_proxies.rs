//! The trusted proxies that the operator names, each of which may stand for many clients.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Weak},
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::{net::lookup_host, runtime::Handle, time::sleep};

use crate::config::{ConfigError, Env, Setting};

/// The proxies in front, whose `X-Forwarded-For` counts.
pub const TRUSTED_PROXIES: Setting = Setting::list(
    "TRUSTED_PROXIES",
    "Networks of the proxies in front, or `dns:` and a name whose addresses they are (looked up every 5 s). \
     Their `X-Forwarded-For` names the client, and no bound for one address applies to them.",
)
.example("10.244.0.0/16,fd00::/8,dns:shop-estore-storefront-internal");

/// The interval of lookups. A new replica of a proxy counts as one client until the next.
const EVERY: Duration = Duration::from_secs(5);

/// The proxies of `TRUSTED_PROXIES`. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    networks: Vec<Network>,
    named: Vec<Arc<Named>>,
}

/// A network of addresses with a common prefix, IPv4 in its IPv6 form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    begin: u128,
    mask: u128,
}

/// A name and its addresses at the last lookup.
#[derive(Debug)]
struct Named {
    name: String,
    addresses: ArcSwap<Vec<Ipv6Addr>>,
}

impl TrustedProxies {
    /// Reads `TRUSTED_PROXIES`: networks in CIDR notation, single addresses, and names after
    /// `dns:`, comma-separated; none by default. Within a runtime, names are looked up until the
    /// last clone is dropped.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let text: String = env.optional(&TRUSTED_PROXIES)?.unwrap_or_default();
        let mut proxies = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.strip_prefix("dns:") {
                Some(name) if is_name(name) => proxies.named.push(Named::watched(name)),
                Some(_) => return Err(TRUSTED_PROXIES.wrong(format!("has {part:?}, which is not a name"))),
                None => proxies.networks.push(network(part).ok_or_else(|| wrong(part))?),
            }
        }
        Ok(proxies)
    }

    /// Returns true if `address` is a proxy's. An IPv4 address written as an IPv6 one
    /// (`::ffff:10.0.0.1`) is the same.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = in_v6(address);
        self.networks.iter().any(|network| address.to_bits() & network.mask == network.begin)
            || self.named.iter().any(|named| named.addresses.load().contains(&address))
    }
}

impl Named {
    fn watched(name: &str) -> Arc<Self> {
        let named = Arc::new(Self { name: name.to_owned(), addresses: ArcSwap::default() });
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(watch(Arc::downgrade(&named)));
        }
        named
    }

    /// Looks the name up. If that fails, the addresses of the last lookup count.
    async fn look_up(&self) {
        match lookup_host((self.name.as_str(), 0)).await {
            Ok(found) => self.addresses.store(Arc::new(found.map(|found| in_v6(found.ip())).collect())),
            Err(error) => {
                tracing::debug!(name = self.name, %error, "trusted proxy not found; will look again");
            }
        }
    }
}

async fn watch(named: Weak<Named>) {
    while let Some(named) = named.upgrade() {
        named.look_up().await;
        drop(named);
        sleep(EVERY).await;
    }
}

fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}

fn network(text: &str) -> Option<Network> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let (whole, before) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
    let length = length.unwrap_or(whole);
    let mask = u128::MAX.checked_shl(128 - before - length.min(whole)).unwrap_or(0);
    let begin = in_v6(address).to_bits();
    // Rejects bits beyond the prefix length: the intended network is unclear.
    (length <= whole && begin & mask == begin).then_some(Network { begin, mask })
}

fn in_v6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

fn wrong(part: &str) -> ConfigError {
    TRUSTED_PROXIES.wrong(format!("has {part:?}, which is not a network"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(text: &str) -> Result<TrustedProxies, ConfigError> {
        TrustedProxies::from_env(&Env::from_iter([(TRUSTED_PROXIES.name, text)]))
    }

    #[test]
    fn network_contains_only_its_addresses() {
        let trusted = proxies("10.1.0.0/16, 192.0.2.7,2001:db8::/32,::1").unwrap();
        for inside in ["10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3", "192.0.2.7", "2001:db8:ffff::1", "::1"]
        {
            assert!(trusted.contains(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["10.2.0.0", "10.0.255.255", "192.0.2.8", "2001:db9::", "::2", "::10.1.0.1", "0.0.0.0"]
        {
            assert!(!trusted.contains(outside.parse().unwrap()), "{outside}");
        }
        assert!(!proxies("").unwrap().contains("127.0.0.1".parse().unwrap()));
        let all = proxies("0.0.0.0/0").unwrap();
        assert!(all.contains("8.8.8.8".parse().unwrap()) && !all.contains("2001:db8::1".parse().unwrap()));
        assert!(proxies("::/0").unwrap().contains("8.8.8.8".parse().unwrap()));
    }

    #[tokio::test]
    async fn name_stands_for_its_addresses() {
        let trusted = proxies("10.1.0.0/16,dns:localhost").unwrap();
        let own: IpAddr = "127.0.0.1".parse().unwrap();
        for _ in 0..1_000 {
            if trusted.contains(own) {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
        assert!(trusted.contains(own) && trusted.contains("::ffff:127.0.0.1".parse().unwrap()));
        assert!(trusted.contains("10.1.2.3".parse().unwrap()) && !trusted.contains([127, 0, 0, 2].into()));
    }

    #[test]
    fn name_without_addresses_trusts_nobody() {
        let trusted = proxies("dns:localhost").unwrap();
        assert!(!trusted.contains("127.0.0.1".parse().unwrap()), "no runtime looks it up");
    }

    #[test]
    fn invalid_network_stops_the_start() {
        for bad in [
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "::/129",
            "proxy",
            "10.0.0/8",
            "*",
            "dns:",
            "dns:a b",
        ] {
            let said = proxies(bad).unwrap_err().to_string();
            assert!(said.starts_with("TRUSTED_PROXIES has "), "{bad}: {said}");
        }
    }
}
