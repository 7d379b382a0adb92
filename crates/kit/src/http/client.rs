//! From where a request comes: the other end of its connection or, behind proxies that the operator trusts, the address that the
//! first of them saw.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use http::HeaderMap;

use crate::config::{ConfigError, Env};

const NAME: &str = "TRUSTED_PROXIES";
const EXAMPLE: &str = "10.0.0.0/8,2001:db8::/32";
/// De facto standard. `Forwarded` (RFC 7239) is not read: proxies pass on what they do not set, and so a client could choose.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address, as far as it can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// What counts as one client: an address of IPv4, or a /64 of IPv6, which is the least that anybody is given.
    #[must_use]
    pub fn network(self) -> String {
        match self.0 {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                format!("{}/64", Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
            }
        }
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The proxies whose word on a client's address counts: `TRUSTED_PROXIES`, networks in CIDR form, none by default.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrustedProxies(Arc<[Network]>);

#[derive(Debug, Clone, Copy)]
struct Network {
    first: u128,
    mask: u128,
}

impl TrustedProxies {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let text: String = env.or(NAME, String::new(), EXAMPLE)?;
        let networks = text.split(',').map(str::trim).filter(|network| !network.is_empty());
        let parsed = networks.map(|text| {
            Network::parse(text)
                .ok_or_else(|| ConfigError::new(NAME, format!("has {text:?}, which is no network"), EXAMPLE))
        });
        Ok(Self(parsed.collect::<Result<_, _>>()?))
    }

    /// Who asks: `peer`, unless that is a trusted proxy; then the right-most address of `X-Forwarded-For` that is none. Each proxy
    /// appends whom it saw, so that what a client wrote itself stands to the left of that. Where something else than an address
    /// stands there, it is whoever passed it on.
    pub(crate) fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> ClientAddress {
        let mut client = peer.ip().to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let mut hops = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        while self.trusts(client)
            && let Some(hop) = hops.next().and_then(address)
        {
            client = hop;
        }
        ClientAddress(client)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| bits(address) & network.mask == network.first)
    }
}

impl Network {
    /// `10.0.0.0/8`, or a single address.
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = length.unwrap_or(most);
        if length > most {
            return None;
        }
        // IPv4 is a part of IPv6 here, as it is where both are listened to by one socket.
        let mask = u128::MAX.checked_shl(most - length).unwrap_or(0);
        let mask = if address.is_ipv4() { mask | (u128::MAX << 32) } else { mask };
        Some(Self { first: bits(address) & mask, mask })
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// An address as proxies write it: some add the port.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let plain = text.parse::<IpAddr>().ok();
    plain
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
        let proxies = TrustedProxies::from_env(&Env::from_iter([(NAME, trusted)])).unwrap();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        proxies.client(SocketAddr::new(peer.parse().unwrap(), 1), &headers).to_string()
    }

    #[test]
    fn what_a_peer_says_that_is_not_trusted_changes_nothing() {
        assert_eq!(client("", "10.0.0.1", &["1.2.3.4"]), "10.0.0.1");
        assert_eq!(client("10.1.0.0/16", "10.0.0.1", &["1.2.3.4"]), "10.0.0.1");
        assert_eq!(client("::/128", "::ffff:10.0.0.1", &["1.2.3.4"]), "10.0.0.1");
    }

    #[test]
    fn the_right_most_address_that_is_no_trusted_proxy_is_the_client() {
        let proxies = "10.0.0.0/8, 2001:db8::/32";
        assert_eq!(client(proxies, "10.0.0.1", &["6.6.6.6, 1.2.3.4, 10.9.9.9"]), "1.2.3.4");
        assert_eq!(client(proxies, "::ffff:10.0.0.1", &["6.6.6.6", "1.2.3.4", "2001:db8::7"]), "1.2.3.4");
        assert_eq!(client(proxies, "2001:db8::1", &["2001:dead::5,::ffff:10.0.0.2"]), "2001:dead::5");
        assert_eq!(client(proxies, "10.0.0.1", &["[2001:dead::5]:443"]), "2001:dead::5");
        assert_eq!(client(proxies, "10.0.0.1", &["1.2.3.4:5678"]), "1.2.3.4");
        // Nobody but proxies: the one that is furthest away.
        assert_eq!(client(proxies, "10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
        assert_eq!(client(proxies, "10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_is_no_address_ends_the_search() {
        for garbage in ["", "unknown", "1.2.3", "6.6.6.6, \u{e4}", "6.6.6.6,,", "6.6.6.6 7.7.7.7", "_hidden"]
        {
            assert_eq!(client("10.0.0.0/8", "10.0.0.1", &[garbage]), "10.0.0.1", "{garbage}");
        }
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["6.6.6.6, nonsense, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn a_network_of_ipv6_is_one_client_and_an_address_of_ipv4_is() {
        let network = |text: &str| ClientAddress(text.parse::<IpAddr>().unwrap().to_canonical()).network();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:1.2.3.4"), "1.2.3.4");
        assert_ne!(network("1.2.3.4"), network("1.2.3.5"));
    }

    #[test]
    fn what_is_no_network_stops_the_start() {
        for bad in ["10.0.0.0/33", "10.0.0/8", "::/129", "proxy", "10.0.0.0/-1", "10.0.0.0/8/8"] {
            let said = TrustedProxies::from_env(&Env::from_iter([(NAME, bad)])).unwrap_err().to_string();
            assert!(said.starts_with("TRUSTED_PROXIES has ") && said.contains("for example"), "{said}");
        }
    }
}
