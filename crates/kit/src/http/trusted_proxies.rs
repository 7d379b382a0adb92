//! The proxies that the operator names: many clients come by one of their addresses.

use std::net::{IpAddr, Ipv6Addr};

use crate::config::{ConfigError, Env};

const NAME: &str = "TRUSTED_PROXIES";
const EXAMPLE: &str = "10.244.0.0/16,fd00::/8";

/// The networks of `TRUSTED_PROXIES`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TrustedProxies(Vec<Network>);

/// Addresses that begin alike, v4 ones in their v6 form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    begin: u128,
    mask: u128,
}

impl TrustedProxies {
    /// Reads `TRUSTED_PROXIES`: networks in CIDR notation or single addresses, comma-separated; none by default.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let text: String = env.or(NAME, String::new(), EXAMPLE)?;
        let networks = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        networks.map(|part| network(part).ok_or_else(|| wrong(part))).collect::<Result<_, _>>().map(Self)
    }

    /// Whether `address` is a proxy's; a v4 address that is written as a v6 one (`::ffff:10.0.0.1`) is the same.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let bits = in_v6(address).to_bits();
        self.0.iter().any(|network| bits & network.mask == network.begin)
    }
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
    // Bits beyond the length are a slip: nobody can tell which network is meant.
    (length <= whole && begin & mask == begin).then_some(Network { begin, mask })
}

fn in_v6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

fn wrong(part: &str) -> ConfigError {
    ConfigError::new(NAME, format!("has {part:?}, which is no network"), EXAMPLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(text: &str) -> Result<TrustedProxies, ConfigError> {
        TrustedProxies::from_env(&Env::from_iter([(NAME, text)]))
    }

    #[test]
    fn a_network_has_its_addresses_and_no_others() {
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

    #[test]
    fn what_is_no_network_stops_the_start() {
        for bad in
            ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "proxy", "10.0.0.0/", "10.0.0/8", "*"]
        {
            let said = proxies(bad).unwrap_err().to_string();
            assert!(said.starts_with("TRUSTED_PROXIES has "), "{bad}: {said}");
        }
    }
}
