//! What each service is started with.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Result;

use super::{Options, Ports, ServiceName};
use crate::{ports::free_port, postgres::Postgres};

/// Made once for each shop, and kept with its data.
pub(super) struct Secrets {
    pub(super) jwt: String,
    pub(super) card: String,
    pub(super) redis: String,
}

type Variables = BTreeMap<String, String>;

pub(super) struct Environment {
    ports: BTreeMap<ServiceName, [u16; 3]>,
    secrets: Secrets,
    tls: PathBuf,
    databases: [String; 2],
    redis_port: u16,
    smtp_port: u16,
    settings: Variables,
    admin: (String, String),
    catalog: PathBuf,
}

impl Environment {
    pub(super) fn new(
        options: &Options,
        secrets: Secrets,
        tls: PathBuf,
        postgres: &Postgres,
        redis_port: u16,
        smtp_port: u16,
    ) -> Result<Self> {
        let mut ports = BTreeMap::new();
        for name in ServiceName::ALL {
            let seed = name.seed_port();
            let three = if options.ports == Ports::Seed {
                [seed, seed + 100, seed + 200]
            } else {
                [free_port()?, free_port()?, free_port()?]
            };
            ports.insert(name, three);
        }
        Ok(Self {
            ports,
            secrets,
            tls,
            databases: [postgres.database("userdb")?, postgres.database("verificationdb")?],
            redis_port,
            smtp_port,
            settings: options.settings.clone(),
            admin: options.admin.clone(),
            catalog: options.project.join("catalog"),
        })
    }

    fn three(&self, name: ServiceName) -> [u16; 3] {
        self.ports.get(&name).copied().unwrap_or_default()
    }

    pub(super) fn port(&self, name: ServiceName) -> u16 {
        self.three(name)[0]
    }

    pub(super) fn of(&self, name: ServiceName) -> Variables {
        let [public, management, internal] = self.three(name);
        let mut variables = self.common(name.as_str());
        let mut set = |name: &str, value: String| variables.insert(name.to_owned(), value);
        set("SERVICE_PORT", public.to_string());
        set("MANAGEMENT_PORT", management.to_string());
        set("INTERNAL_PORT", internal.to_string());
        let [userdb, verificationdb] = &self.databases;
        match name {
            ServiceName::User => {
                set("DATABASE_URL", userdb.clone());
                set("JWT_SECRET", self.secrets.jwt.clone());
            }
            ServiceName::Verification => {
                set("DATABASE_URL", verificationdb.clone());
                set("SMTP_SERVER", "127.0.0.1".to_owned());
                set("SMTP_PORT", self.smtp_port.to_string());
                set("SMTP_TLS", "none".to_owned());
                set("MAIL_FROM", "E-Store <no-reply@estore.example>".to_owned());
                set("PUBLIC_URL", format!("http://localhost:{public}"));
            }
            ServiceName::Inventory => {
                set("REDIS_DB", "1".to_owned());
            }
            ServiceName::Payment => {
                set("REDIS_DB", "0".to_owned());
                set("CARD_KEYS", format!("k1:{}", self.secrets.card));
                set("GATEWAY", "sandbox".to_owned());
            }
        }
        variables.extend(self.settings.clone());
        variables
    }

    pub(super) fn of_bootstrap(&self) -> Variables {
        let mut variables = self.common("bootstrap");
        let [userdb, verificationdb] = &self.databases;
        let (email, password) = &self.admin;
        let own = [
            ("DATABASE_URL_USER", userdb.clone()),
            ("DATABASE_URL_VERIFICATION", verificationdb.clone()),
            ("ADMIN_EMAIL", email.clone()),
            ("ADMIN_PASSWORD", password.clone()),
            ("CATALOG_DIR", self.catalog.display().to_string()),
        ];
        variables.extend(own.map(|(name, value)| (name.to_owned(), value)));
        variables
    }

    /// What they have in common: whom to call, how to prove who they are, and Redis.
    fn common(&self, name: &str) -> Variables {
        let url = |peer: ServiceName| format!("https://127.0.0.1:{}", self.three(peer)[2]);
        let file = |file: String| self.tls.join(file).display().to_string();
        let pairs = [
            ("USER_SERVICE_URL", url(ServiceName::User)),
            ("VERIFICATION_SERVICE_URL", url(ServiceName::Verification)),
            ("INVENTORY_SERVICE_URL", url(ServiceName::Inventory)),
            ("PAYMENT_SERVICE_URL", url(ServiceName::Payment)),
            ("TLS_CERT", file(format!("{name}.crt"))),
            ("TLS_KEY", file(format!("{name}.key"))),
            ("TLS_CA", file("ca.crt".to_owned())),
            ("REDIS_HOST", "127.0.0.1".to_owned()),
            ("REDIS_PORT", self.redis_port.to_string()),
            ("REDIS_USERNAME", name.to_owned()),
            ("REDIS_PASSWORD", self.secrets.redis.clone()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
