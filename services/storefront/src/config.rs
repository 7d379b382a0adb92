//! The storefront's own settings.

use axum::http::{HeaderMap, header};
use estore_base::{
    config::{ConfigError, Env, Setting, Settings},
    seal::KeyRing,
};
use estore_server::{FRONT, SHOP_NAME, TELEMETRY};
use url::{Host, Origin, Url};

use crate::engine::LINKS;

pub(crate) const USER_API_URL: Setting =
    Setting::address("USER_API_URL", "Public address of the User Service.").default("http://localhost:8002");
pub(crate) const INVENTORY_API_URL: Setting =
    Setting::address("INVENTORY_API_URL", "Public address of the Inventory Service.")
        .default("http://localhost:8001");
pub(crate) const PAYMENT_API_URL: Setting =
    Setting::address("PAYMENT_API_URL", "Public address of the Payment Service.")
        .default("http://localhost:8000");
pub(crate) const VERIFICATION_API_URL: Setting =
    Setting::address("VERIFICATION_API_URL", "Public address of the Verification Service.")
        .default("http://localhost:8003");
const SESSION_KEYS: Setting = Setting::secret(
    "SESSION_KEYS",
    "Encrypts sessions and baskets in cookies: `id:base64 of 32 bytes`, comma-separated; the first key \
     encrypts, every key decrypts \
     ([how to rotate them](operations.md#rotate-the-keys-of-sessions-and-passwords)).",
)
.example("k1:<base64 of 32 random bytes>");
const SHOP_URL: Setting = Setting::address(
    "SHOP_URL",
    "Address of the storefront as customers see it; `http://` only for this machine. Forms are accepted from \
     its pages only.",
)
.default("http://localhost:8080")
.example("https://shop.example");
const DEMO: Setting = Setting::switch(
    "DEMO",
    "Whether the checkout lists the test cards of the sandbox gateway, and fills one in.",
);

const ENGINE: Setting = Setting::switch(
    "ENGINE",
    "Whether `/engine` shows the engine room of a demonstration to anybody, with buttons for faults and load.",
);
pub(crate) const CHAOS_URL: Setting =
    Setting::address("CHAOS_URL", "Address of the component that causes faults, for the engine room.")
        .optional()
        .example("http://localhost:8086");
pub(crate) const SHOPPER_URL: Setting =
    Setting::address("SHOPPER_URL", "Address of the component that causes load, for the engine room.")
        .optional()
        .example("http://localhost:8087");
pub(crate) const PROMETHEUS_URL: Setting =
    Setting::address("PROMETHEUS_URL", "Address of a Prometheus that reads the shop, for the engine room.")
        .optional()
        .example("http://localhost:8091");

/// The settings of the storefront.
pub const SETTINGS: Settings = Settings {
    title: "Storefront",
    lists: &[
        FRONT[0],
        FRONT[1],
        TELEMETRY,
        &[
            USER_API_URL,
            INVENTORY_API_URL,
            PAYMENT_API_URL,
            VERIFICATION_API_URL,
            SESSION_KEYS,
            SHOP_URL,
            SHOP_NAME,
            DEMO,
        ],
        &[ENGINE, CHAOS_URL, SHOPPER_URL, PROMETHEUS_URL],
        LINKS,
    ],
};

/// The settings that pages need.
pub(crate) struct Config {
    /// Encrypts cookies, and signs the tokens of forms.
    pub(crate) keys: KeyRing,
    /// The origin of the storefront's own pages, as `SHOP_URL` names it.
    pub(crate) origin: Origin,
    /// True if cookies are for HTTPS only.
    pub(crate) is_secure: bool,
    /// The name of the shop.
    pub(crate) shop: String,
    /// True if the checkout offers test cards.
    pub(crate) demo: bool,
    /// True if the engine room is open.
    pub(crate) engine: bool,
}

impl Config {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let url: Url = env.get(&SHOP_URL)?;
        let origin = url.origin();
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here(&url)) {
            return Err(SHOP_URL.wrong("must begin with https:// (http:// only for this machine)"));
        }
        if url.path() != "/" || url.query().is_some() {
            return Err(SHOP_URL.wrong("must not have a path"));
        }
        Ok(Self {
            keys: KeyRing::parse(SESSION_KEYS.name, &env.secret(&SESSION_KEYS)?)?,
            is_secure: url.scheme() == "https",
            origin,
            shop: env.get(&SHOP_NAME)?,
            demo: env.flag(&DEMO)?,
            engine: env.flag(&ENGINE)?,
        })
    }

    /// Returns the origin of the storefront's own pages for a request. A shop of this machine has
    /// other ports and names of it, too: kubectl's port-forward chooses them. A page cannot choose
    /// the `Host` that a browser sends.
    pub(crate) fn origin_for(&self, headers: &HeaderMap) -> Origin {
        let host = || headers.get(header::HOST)?.to_str().ok();
        let url = || format!("http://{}", host()?).parse::<Url>().ok().filter(is_here);
        if self.is_secure { None } else { url() }.map_or_else(|| self.origin.clone(), |url| url.origin())
    }
}

/// Returns true for the names of this machine, to which browsers send cookies without TLS.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
impl Config {
    /// Returns the settings of a shop at this address.
    pub(crate) fn at(url: &str) -> Result<Self, ConfigError> {
        let keys = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        Self::from_env(&Env::from_iter([("SHOP_URL", url), ("SESSION_KEYS", keys)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secure(url: &str) -> Option<bool> {
        Config::at(url).ok().map(|config| config.is_secure)
    }

    #[test]
    fn cookies_are_secure_beyond_this_machine() {
        for here in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:80", "http://shop.localhost/"]
        {
            assert_eq!(secure(here), Some(false), "{here}");
        }
        assert_eq!(secure("https://shop.example"), Some(true));
        for bad in ["http://shop.example", "https://shop.example/de", "ftp://localhost", "shop.example"] {
            assert_eq!(secure(bad), None, "{bad}");
        }
    }
}
