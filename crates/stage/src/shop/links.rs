//! The proxies of a shop: in the links between its parts, and in front of replicas.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Options, ServiceName};
use crate::proxy::Proxy;

/// A way from some part of a shop to another. What starts a shop and looks at it from outside goes by none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Link {
    /// Payment's calls of Inventory.
    PaymentToInventory,
    /// Payment's store.
    PaymentToRedis,
    /// Inventory's store.
    InventoryToRedis,
    /// What all services ask the User Service.
    ToUser,
    /// What all services ask the Verification Service.
    ToVerification,
    /// Mails on their way out.
    VerificationToSmtp,
    /// The User Service's database.
    UserToPostgres,
    /// The Verification Service's database.
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

    /// By which a service is called. Nobody calls Payment.
    pub(super) const fn to(service: ServiceName) -> Option<Self> {
        match service {
            ServiceName::User => Some(Self::ToUser),
            ServiceName::Verification => Some(Self::ToVerification),
            ServiceName::Inventory => Some(Self::PaymentToInventory),
            ServiceName::Payment => None,
        }
    }
}

/// A process's ports: public, management, internal.
pub(super) type Three = [u16; 3];

/// Where everything listens.
pub(super) struct Places {
    pub(super) services: BTreeMap<ServiceName, Vec<Three>>,
    pub(super) redis: u16,
    pub(super) postgres: u16,
    pub(super) smtp: u16,
}

impl Places {
    /// The ports of one process; none where there is no such process.
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

/// The proxies.
pub(super) struct Network {
    links: BTreeMap<Link, Proxy>,
    balancers: BTreeMap<ServiceName, Proxy>,
}

impl Network {
    /// Links where they are wanted, or needed to reach more than one process; balancers for clients where there is more
    /// than one.
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
        for name in ServiceName::ALL.into_iter().filter(|_| many) {
            let processes = places.targets(name, public);
            balancers.insert(name, Proxy::start(processes, seed(100 + name as u64))?);
        }
        Ok(Self { links, balancers })
    }

    pub(super) fn link(&self, link: Link) -> Option<&Proxy> {
        self.links.get(&link)
    }

    /// Where a part is reached by this link; at `port` itself, where there is no proxy in it.
    pub(super) fn through(&self, link: Option<Link>, port: u16) -> u16 {
        link.and_then(|link| self.links.get(&link)).map_or(port, |proxy| proxy.port)
    }

    /// Where clients reach a service whose first process is at `port`.
    pub(super) fn for_clients(&self, service: ServiceName, port: u16) -> u16 {
        self.balancers.get(&service).map_or(port, |proxy| proxy.port)
    }

    /// Sends what comes from now on to all processes of a service but this one.
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
