//! The address of the client. It is the peer of the connection or, behind proxies that the operator
//! trusts, the address that the first of them saw.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use http::HeaderMap;

use crate::trusted_proxies::TrustedProxies;

/// The de facto standard. `Forwarded` (RFC 7239) is ignored: proxies pass on headers that they do
/// not set, so a client could choose its address.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address, as far as it can be determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Returns `peer`, unless that is a trusted proxy; then the right-most address in
    /// `X-Forwarded-For` that is not one. Each proxy appends the address that it saw, so anything
    /// that a client wrote itself is further left. If something other than an address is in that
    /// place, returns the proxy that passed it on.
    #[must_use]
    pub fn of(proxies: &TrustedProxies, peer: SocketAddr, headers: &HeaderMap) -> Self {
        let mut client = peer.ip().to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let mut hops = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        while proxies.contains(client)
            && let Some(hop) = hops.next().and_then(address)
        {
            client = hop;
        }
        Self(client)
    }

    /// Returns the name of the [`network`] that counts as one client.
    #[must_use]
    pub fn network(self) -> String {
        match network(self.0) {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("{address}/64"),
        }
    }
}

/// Returns the unit that counts as one client: an IPv4 address, or the first address of an IPv6
/// /64, which is the smallest allocation.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Parses an address as proxies write it: some add the port.
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
    use crate::config::Env;

    fn client(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
        let proxies = TrustedProxies::from_env(&Env::from_iter([("TRUSTED_PROXIES", trusted)])).unwrap();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        ClientAddress::of(&proxies, SocketAddr::new(peer.parse().unwrap(), 1), &headers).to_string()
    }

    #[test]
    fn forwarded_header_of_untrusted_peer_is_ignored() {
        assert_eq!(client("", "10.0.0.1", &["1.2.3.4"]), "10.0.0.1");
        assert_eq!(client("10.1.0.0/16", "10.0.0.1", &["1.2.3.4"]), "10.0.0.1");
        assert_eq!(client("::/128", "::ffff:10.0.0.1", &["1.2.3.4"]), "10.0.0.1");
    }

    #[test]
    fn client_is_the_right_most_untrusted_address() {
        let proxies = "10.0.0.0/8, 2001:db8::/32";
        assert_eq!(client(proxies, "10.0.0.1", &["6.6.6.6, 1.2.3.4, 10.9.9.9"]), "1.2.3.4");
        assert_eq!(client(proxies, "::ffff:10.0.0.1", &["6.6.6.6", "1.2.3.4", "2001:db8::7"]), "1.2.3.4");
        assert_eq!(client(proxies, "2001:db8::1", &["2001:dead::5,::ffff:10.0.0.2"]), "2001:dead::5");
        assert_eq!(client(proxies, "10.0.0.1", &["[2001:dead::5]:443"]), "2001:dead::5");
        assert_eq!(client(proxies, "10.0.0.1", &["1.2.3.4:5678"]), "1.2.3.4");
        // Trusted proxies only: the most distant one counts.
        assert_eq!(client(proxies, "10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
        assert_eq!(client(proxies, "10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn forwarded_text_without_address_ends_the_search() {
        for garbage in ["", "unknown", "1.2.3", "6.6.6.6, \u{e4}", "6.6.6.6,,", "6.6.6.6 7.7.7.7", "_hidden"]
        {
            assert_eq!(client("10.0.0.0/8", "10.0.0.1", &[garbage]), "10.0.0.1", "{garbage}");
        }
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["6.6.6.6, nonsense, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn client_is_an_ipv6_network_or_ipv4_address() {
        let network = |text: &str| ClientAddress(text.parse::<IpAddr>().unwrap().to_canonical()).network();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:1.2.3.4"), "1.2.3.4");
        assert_ne!(network("1.2.3.4"), network("1.2.3.5"));
    }
}
