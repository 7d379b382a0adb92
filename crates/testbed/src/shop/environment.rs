//! The environment of each program.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Result;

use super::{
    Limits, Link, Options, Ports, ServiceName, Settings, audit,
    links::{Network, Places},
};
use crate::{encryption::HOST, mailbox::Mailbox, ports::free_port, postgres::Postgres, redis::Redis};

/// Secrets that are generated once for each shop, and kept with its data.
pub(super) struct Secrets {
    pub(super) jwt: String,
    pub(super) card: String,
    pub(super) pepper: String,
    pub(super) session: String,
    pub(super) redis: String,
}

type Variables = BTreeMap<String, String>;

pub(super) struct Environment {
    pub(super) places: Places,
    pub(super) network: Network,
    secrets: Secrets,
    tls: PathBuf,
    /// The database URLs for programs that use no link.
    databases: [String; 2],
    /// The database URLs for the services.
    linked_databases: [String; 2],
    /// The password of Postgres, given beside the URLs if the stores speak TLS.
    password: Option<String>,
    limits: Limits,
    settings: Settings,
    admin: (String, String),
    catalog: PathBuf,
    /// The port of the page that shows the emails.
    mail_page: u16,
}

impl Environment {
    pub(super) fn new(
        options: &Options,
        secrets: Secrets,
        tls: PathBuf,
        postgres: &Postgres,
        redis: &Redis,
        mailbox: &Mailbox,
    ) -> Result<Self> {
        let mut services = BTreeMap::new();
        for name in ServiceName::WITH_STOREFRONT {
            let mut all = Vec::new();
            for _ in 0..options.replicas {
                all.push(match options.ports {
                    Ports::Seed => name.seed_ports(),
                    Ports::Free if name == ServiceName::Storefront => [free_port()?, free_port()?, 0],
                    Ports::Free => [free_port()?, free_port()?, free_port()?],
                });
            }
            services.insert(name, all);
        }
        let places = Places {
            services,
            redis: redis.tls_port().unwrap_or(redis.port),
            postgres: postgres.port(),
            smtp: mailbox.smtp_port,
        };
        let network = Network::start(options, &places)?;
        let authority = tls.join("ca.crt").display().to_string();
        let url = |port: u16, name: &str| {
            if options.are_stores_encrypted() {
                format!(
                    "postgresql://estore@{HOST}:{port}/{name}?sslmode=verify-full&sslrootcert={authority}"
                )
            } else {
                postgres.url_by(port, name)
            }
        };
        let linked = |link, name: &str| url(network.through(Some(link), places.postgres), name);
        for name in ["userdb", "verificationdb"] {
            postgres.database(name)?;
        }
        Ok(Self {
            databases: ["userdb", "verificationdb"].map(|name| url(places.postgres, name)),
            password: options.are_stores_encrypted().then(|| postgres.password().to_owned()),
            linked_databases: [
                linked(Link::UserToPostgres, "userdb"),
                linked(Link::VerificationToPostgres, "verificationdb"),
            ],
            places,
            network,
            secrets,
            tls,
            limits: options.limits,
            settings: options.settings.clone(),
            admin: options.admin.clone(),
            catalog: options.project.join("catalog"),
            mail_page: mailbox.http_port,
        })
    }

    /// Returns the port at which clients reach a service.
    pub(super) fn port(&self, name: ServiceName) -> u16 {
        let [public, _, _] = self.places.of(name, 0);
        self.network.for_clients(name, public)
    }

    /// Returns the variables of one process of a service or of the storefront.
    pub(super) fn of(&self, name: ServiceName, replica: u16) -> Variables {
        let [public, management, internal] = self.places.of(name, replica);
        let mut variables = if name == ServiceName::Storefront {
            self.of_storefront()
        } else {
            self.of_service(name, internal)
        };
        variables.insert("SERVICE_PORT".to_owned(), public.to_string());
        variables.insert("MANAGEMENT_PORT".to_owned(), management.to_string());
        variables.extend(self.settings.of(name));
        variables
    }

    /// The storefront calls the services as any client does. It has no certificate and no store.
    fn of_storefront(&self) -> Variables {
        let address = |name| format!("http://127.0.0.1:{}", self.port(name));
        let own = [
            ("USER_API_URL", address(ServiceName::User)),
            ("VERIFICATION_API_URL", address(ServiceName::Verification)),
            ("INVENTORY_API_URL", address(ServiceName::Inventory)),
            ("PAYMENT_API_URL", address(ServiceName::Payment)),
            ("SESSION_KEYS", format!("k1:{}", self.secrets.session)),
            ("SHOP_URL", self.shop_url()),
            ("MAILBOX_LINK", format!("http://localhost:{}", self.mail_page)),
            ("DEMO", "true".to_owned()),
            ("MAX_REQUESTS_PER_ADDRESS", "256".to_owned()),
        ];
        own.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// Returns the storefront's address as customers see it.
    fn shop_url(&self) -> String {
        format!("http://localhost:{}", self.port(ServiceName::Storefront))
    }

    fn of_service(&self, name: ServiceName, internal: u16) -> Variables {
        let peers = ServiceName::ALL.map(|peer| {
            let [_, _, port] = self.places.of(peer, 0);
            self.network.through(Link::to(peer), port)
        });
        let mut variables = self.common(name.as_str(), peers);
        let mut set = |name: &str, value: String| variables.insert(name.to_owned(), value);
        set("INTERNAL_PORT", internal.to_string());
        set("LIMITS", if self.limits == Limits::On { "on" } else { "off" }.to_owned());
        let redis = |link| self.network.through(Some(link), self.places.redis).to_string();
        let [userdb, verificationdb] = &self.linked_databases;
        match name {
            ServiceName::User => {
                set("DATABASE_URL", userdb.clone());
                set("JWT_SECRET", self.secrets.jwt.clone());
                set("PASSWORD_PEPPERS", format!("p1:{}", self.secrets.pepper));
            }
            ServiceName::Verification => {
                let smtp = self.network.through(Some(Link::VerificationToSmtp), self.places.smtp);
                set("DATABASE_URL", verificationdb.clone());
                set("SMTP_SERVER", "127.0.0.1".to_owned());
                set("SMTP_PORT", smtp.to_string());
                set("SMTP_TLS", "none".to_owned());
                set("MAIL_FROM", "E-Store <no-reply@estore.example>".to_owned());
                set("PUBLIC_URL", format!("http://localhost:{}", self.port(name)));
                set("ACCOUNT_URL", format!("http://localhost:{}", self.port(ServiceName::User)));
                set("SHOP_URL", self.shop_url());
            }
            ServiceName::Inventory => {
                set("REDIS_PORT", redis(Link::InventoryToRedis));
                set("REDIS_DB", "1".to_owned());
            }
            ServiceName::Payment => {
                set("REDIS_PORT", redis(Link::PaymentToRedis));
                set("REDIS_DB", "0".to_owned());
                set("CARD_KEYS", format!("k1:{}", self.secrets.card));
                set("GATEWAY", "sandbox".to_owned());
            }
            ServiceName::Storefront => {}
        }
        if let (Some(password), ServiceName::User | ServiceName::Verification) = (&self.password, name) {
            variables.insert("DATABASE_PASSWORD".to_owned(), password.clone());
        }
        variables
    }

    /// Returns the variables of a program beside the services, which has the certificate `name`. It
    /// uses no link.
    pub(super) fn of_peer(&self, name: &str) -> Variables {
        let peers = ServiceName::ALL.map(|peer| {
            let [_, _, port] = self.places.of(peer, 0);
            port
        });
        self.common(name, peers)
    }

    pub(super) fn of_bootstrap(&self) -> Variables {
        let mut variables = self.of_peer("bootstrap");
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
        if let Some(password) = &self.password {
            for name in ["DATABASE_PASSWORD_USER", "DATABASE_PASSWORD_VERIFICATION"] {
                variables.insert(name.to_owned(), password.clone());
            }
        }
        variables.extend(self.settings.bootstrap.clone());
        variables
    }

    /// Returns the variables of the audit: those of bootstrap, with another user of Redis, and the
    /// place of the gateway's books.
    pub(super) fn of_audit(&self) -> Variables {
        let mut variables = self.of_bootstrap();
        variables.insert("REDIS_USERNAME".to_owned(), "auditor".to_owned());
        variables.extend(audit::books(&self.of(ServiceName::Payment, 0)));
        variables
    }

    /// Returns the lines of a shell script that sets what an audit needs.
    pub(super) fn audit_file(&self) -> String {
        audit::script(self.of_audit())
    }

    /// Returns the common variables of all programs: the URLs of the services (at these ports, in
    /// the order of [`ServiceName::ALL`]), the certificates, and Redis.
    fn common(&self, name: &str, peers: [u16; 4]) -> Variables {
        let [user, verification, inventory, payment] = peers.map(|port| format!("https://127.0.0.1:{port}"));
        let file = |file: String| self.tls.join(file).display().to_string();
        let encrypted = self.password.is_some();
        let pairs = [
            ("USER_SERVICE_URL", user),
            ("VERIFICATION_SERVICE_URL", verification),
            ("INVENTORY_SERVICE_URL", inventory),
            ("PAYMENT_SERVICE_URL", payment),
            ("TLS_CERT", file(format!("{name}.crt"))),
            ("TLS_KEY", file(format!("{name}.key"))),
            ("TLS_CA", file("ca.crt".to_owned())),
            ("REDIS_HOST", if encrypted { HOST } else { "127.0.0.1" }.to_owned()),
            ("REDIS_TLS", encrypted.to_string()),
            ("REDIS_PORT", self.places.redis.to_string()),
            ("REDIS_USERNAME", name.to_owned()),
            ("REDIS_PASSWORD", self.secrets.redis.clone()),
            // All clients have the same address here.
            ("MAX_REQUESTS_PER_ADDRESS", "256".to_owned()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
