//! The proxies of a shop: in the links between its parts, and in front of replicas.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Options, ServiceName};
use crate::proxy::Proxy;

/// A connection from one part of a shop to another. The program that starts a shop and observes it
/// uses none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Link {
    /// Calls from Payment to Inventory.
    PaymentToInventory,
    /// Connections from Payment to its store.
    PaymentToRedis,
    /// Connections from Inventory to its store.
    InventoryToRedis,
    /// Calls from all services to the User Service.
    ToUser,
    /// Calls from all services to the Verification Service.
    ToVerification,
    /// Outgoing emails.
    VerificationToSmtp,
    /// Connections from the User Service to its database.
    UserToPostgres,
    /// Connections from the Verification Service to its database.
    VerificationToPostgres,
}

impl Link {
    /// Every link.
    pub const ALL: [Self; 8] = [
        Self::PaymentToInventory,
        Self::PaymentToRedis,
        Self::InventoryToRedis,
        Self::ToUser,
        Self::ToVerification,
        Self::VerificationToSmtp,
        Self::UserToPostgres,
        Self::VerificationToPostgres,
    ];

    /// Returns the link by which services call `service`. No service calls Payment or the
    /// storefront.
    pub(super) const fn to(service: ServiceName) -> Option<Self> {
        match service {
            ServiceName::User => Some(Self::ToUser),
            ServiceName::Verification => Some(Self::ToVerification),
            ServiceName::Inventory => Some(Self::PaymentToInventory),
            ServiceName::Payment | ServiceName::Storefront => None,
        }
    }
}

/// The ports of a process: public, management and internal.
pub(super) type Three = [u16; 3];

/// The ports of all parts.
pub(super) struct Places {
    pub(super) services: BTreeMap<ServiceName, Vec<Three>>,
    pub(super) redis: u16,
    pub(super) postgres: u16,
    pub(super) smtp: u16,
}

impl Places {
    /// Returns the ports of one process, or zeros if there is no such process.
    pub(super) fn of(&self, service: ServiceName, replica: u16) -> Three {
        self.services.get(&service).and_then(|all| all.get(usize::from(replica))).copied().unwrap_or_default()
    }

    fn targets(&self, service: ServiceName, which: fn(Three) -> u16) -> Vec<u16> {
        self.services.get(&service).into_iter().flatten().copied().map(which).collect()
    }

    fn behind(&self, link: Link) -> Vec<u16> {
        match link {
            Link::PaymentToInventory => self.targets(ServiceName::Inventory, internal),
            Link::ToUser => self.targets(ServiceName::User, internal),
            Link::ToVerification => self.targets(ServiceName::Verification, internal),
            Link::PaymentToRedis | Link::InventoryToRedis => vec![self.redis],
            Link::UserToPostgres | Link::VerificationToPostgres => vec![self.postgres],
            Link::VerificationToSmtp => vec![self.smtp],
        }
    }
}

fn public([port, _, _]: Three) -> u16 {
    port
}

fn internal([_, _, port]: Three) -> u16 {
    port
}

/// The proxies of a shop.
pub(super) struct Network {
    links: BTreeMap<Link, Proxy>,
    balancers: BTreeMap<ServiceName, Proxy>,
}

impl Network {
    /// Starts a proxy for each link if `options` ask for it, or if the link leads to several
    /// processes. Starts a balancer for clients in front of each service with several processes.
    pub(super) fn start(options: &Options, places: &Places) -> Result<Self> {
        let many = options.replicas > 1;
        let seed = |stream: u64| options.seed.wrapping_add(stream);
        let (mut links, mut balancers) = (BTreeMap::new(), BTreeMap::new());
        for link in Link::ALL {
            let to_service = ServiceName::ALL.into_iter().any(|name| Link::to(name) == Some(link));
            if options.proxied || many && to_service {
                links.insert(link, Proxy::start(places.behind(link), seed(link as u64))?);
            }
        }
        for name in ServiceName::WITH_STOREFRONT.into_iter().filter(|_| many) {
            let processes = places.targets(name, public);
            balancers.insert(name, Proxy::start(processes, seed(100 + name as u64))?);
        }
        Ok(Self { links, balancers })
    }

    pub(super) fn link(&self, link: Link) -> Option<&Proxy> {
        self.links.get(&link)
    }

    /// Returns the port by which a part is reached over this link: `port` itself if the link has no
    /// proxy.
    pub(super) fn through(&self, link: Option<Link>, port: u16) -> u16 {
        link.and_then(|link| self.links.get(&link)).map_or(port, |proxy| proxy.port)
    }

    /// Returns the port at which clients reach a service whose first process listens on `port`.
    pub(super) fn for_clients(&self, service: ServiceName, port: u16) -> u16 {
        self.balancers.get(&service).map_or(port, |proxy| proxy.port)
    }

    /// Sends new connections to all processes of a service except this one.
    pub(super) fn leave_out(&self, places: &Places, service: ServiceName, replica: Option<u16>) {
        let without = replica.map(|replica| places.of(service, replica));
        let left = |which: fn(Three) -> u16| {
            let mut ports = places.targets(service, which);
            ports.retain(|port| Some(*port) != without.map(which));
            ports
        };
        if let Some(proxy) = self.balancers.get(&service) {
            proxy.targets(left(public));
        }
        if let Some(proxy) = Link::to(service).and_then(|link| self.links.get(&link)) {
            proxy.targets(left(internal));
        }
    }
}
