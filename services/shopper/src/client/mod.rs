//! The shop as any client reaches it: its public APIs, its storefront, and the mailbox that gets
//! its emails.

mod account;
mod answer;
mod mailbox;
mod request;

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use estore_base::config::{ConfigError, Env, Setting};
use estore_client::{NoAnswer, PublicClient};
use estore_telemetry::{Platform, metrics::Meter};
use http::header;

use mailbox::Mailbox;

pub use account::{Account, Refused};
pub(crate) use account::{expect, is_lost};
pub use answer::Answer;
pub use request::Request;

use crate::config::{INVENTORY_URL, MAIL_URL, PAYMENT_URL, STOREFRONT_URL, USER_URL, VERIFICATION_URL};

/// A part of the shop that clients reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The User Service.
    User,
    /// The Verification Service.
    Verification,
    /// The Inventory Service.
    Inventory,
    /// The Payment Service.
    Payment,
    /// The storefront.
    Storefront,
}

impl Place {
    /// Every part, the storefront last.
    pub const ALL: [Self; 5] =
        [Self::User, Self::Verification, Self::Inventory, Self::Payment, Self::Storefront];

    /// Returns the short name, as in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Verification => "verification",
            Self::Inventory => "inventory",
            Self::Payment => "payment",
            Self::Storefront => "storefront",
        }
    }

    const fn setting(self) -> &'static Setting {
        match self {
            Self::User => &USER_URL,
            Self::Verification => &VERIFICATION_URL,
            Self::Inventory => &INVENTORY_URL,
            Self::Payment => &PAYMENT_URL,
            Self::Storefront => &STOREFRONT_URL,
        }
    }
}

/// A client of one shop. Cheap to clone.
#[derive(Clone)]
pub struct ShopClient(Arc<Parts>);

struct Parts {
    places: Vec<(Place, PublicClient)>,
    mailbox: Option<Mailbox>,
    /// The number of requests so far.
    sent: AtomicU64,
}

impl ShopClient {
    /// Creates a client of the shop that the settings name.
    pub fn from_env(env: &Env, platform: &Platform) -> Result<Self, ConfigError> {
        let mut places = Vec::new();
        for place in Place::ALL {
            let (name, setting) = (place.as_str(), place.setting());
            let client = if place == Place::Storefront {
                PublicClient::optional(env, platform, name, setting)?
            } else {
                Some(PublicClient::measured(env, platform, name, setting)?)
            };
            places.extend(client.map(|client| (place, client)));
        }
        let mailbox = env.optional(&MAIL_URL)?.map(|url| Mailbox::new(&url, platform)).transpose()?;
        Ok(Self(Arc::new(Parts { places, mailbox, sent: AtomicU64::new(0) })))
    }

    /// Creates a client from settings that a test gives. Must be called within a runtime.
    pub fn given(settings: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let platform = Platform::new(Meter::default(), "shopper")?;
        Ok(Self::from_env(&Env::from_iter(settings), &platform)?)
    }

    /// Returns true if the address of the storefront is known.
    #[must_use]
    pub fn has_storefront(&self) -> bool {
        self.0.places.iter().any(|(place, _)| *place == Place::Storefront)
    }

    /// Returns the parts of this shop.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.0.places.iter().map(|(place, _)| *place)
    }

    /// Returns the number of requests so far.
    pub(crate) fn sent(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }

    /// Returns the mailbox.
    pub(crate) fn mailbox(&self) -> anyhow::Result<&Mailbox> {
        self.0.mailbox.as_ref().ok_or_else(|| anyhow::anyhow!("{} is not set", MAIL_URL.name))
    }

    /// Sends a request. Repeats it once if the server closed the kept connection meanwhile, as
    /// browsers do: all requests here may be repeated.
    pub async fn send(&self, request: &Request) -> Result<Answer, NoAnswer> {
        match self.exchange(request).await {
            Err(error) if error.is_broken => self.exchange(request).await,
            answer => answer,
        }
    }

    async fn exchange(&self, request: &Request) -> Result<Answer, NoAnswer> {
        let found = self.0.places.iter().find(|(place, _)| *place == request.place);
        let Some((_, client)) = found else {
            let reason = format!("{} is not set", request.place.setting().name);
            let peer = request.place.as_str();
            return Err(NoAnswer { peer, reason, is_unsent: true, is_broken: false });
        };
        self.0.sent.fetch_add(1, Ordering::Relaxed);
        let sent = request.to_http().map_err(|error| NoAnswer {
            peer: request.place.as_str(),
            reason: error.to_string(),
            is_unsent: true,
            is_broken: false,
        })?;
        let (head, body) = client.call(sent, request.limit).await?.into_parts();
        let text = String::from_utf8_lossy(&body).into_owned();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, text })
    }
}

/// Returns the address that the client with this number has, in the network for benchmarks (RFC
/// 2544). Services that trust this program as a proxy then limit each client by itself.
pub(crate) fn address(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(0xC612_0000 | (number & 0x0001_FFFF))
}

/// The header that names a client's address to services that trust this program.
const FORWARDED_FOR: header::HeaderName = header::HeaderName::from_static("x-forwarded-for");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_have_addresses_of_their_own() {
        assert_eq!(address(0), Ipv4Addr::new(198, 18, 0, 0));
        assert_eq!(address(300), Ipv4Addr::new(198, 18, 1, 44));
        assert_eq!(address(u32::MAX), Ipv4Addr::new(198, 19, 255, 255));
    }
}
