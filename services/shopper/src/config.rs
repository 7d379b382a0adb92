//! The settings of the shopper.

use estore_base::config::{ConfigError, Env, Setting, Settings};
use estore_contract::{Sensitive, demo::MAX_ORDERS_PER_MINUTE};
use estore_server::{API, TELEMETRY};
use secrecy::{ExposeSecret, SecretString};

pub(crate) const USER_URL: Setting =
    Setting::address("USER_URL", "Public address of the User Service.").example("http://localhost:8002");
pub(crate) const VERIFICATION_URL: Setting =
    Setting::address("VERIFICATION_URL", "Public address of the Verification Service.")
        .example("http://localhost:8003");
pub(crate) const INVENTORY_URL: Setting =
    Setting::address("INVENTORY_URL", "Public address of the Inventory Service.")
        .example("http://localhost:8001");
pub(crate) const PAYMENT_URL: Setting =
    Setting::address("PAYMENT_URL", "Public address of the Payment Service.")
        .example("http://localhost:8000");
pub(crate) const STOREFRONT_URL: Setting = Setting::address(
    "STOREFRONT_URL",
    "Address of the storefront. Without one, nobody fills baskets, and customers browse the catalogue's API.",
)
.optional()
.example("http://localhost:8080");
pub(crate) const MAIL_URL: Setting = Setting::address(
    "MAIL_URL",
    "Address of the list of emails in the mailbox: `…/messages` of `./dev up`, or MailDev's `…/api/email`. \
     Verifies the accounts of buyers.",
)
.optional()
.example("http://localhost:1080/api/email");
const ADMIN_EMAIL: Setting =
    Setting::text("ADMIN_EMAIL", "Email address of the admin, who refunds.").example("admin@example.com");
const ADMIN_PASSWORD: Setting =
    Setting::secret("ADMIN_PASSWORD", "Password of the admin.").example("(at least 8 characters)");
pub(crate) const GATEWAY: Setting =
    Setting::text("GATEWAY", "Card gateway of the shop. `order` buys nothing unless it is `sandbox`.")
        .optional()
        .example("sandbox");
const LOAD_ORDERS_PER_MINUTE: Setting =
    Setting::number("LOAD_ORDERS_PER_MINUTE", "Orders a minute at the start.").default("0").range(0, 3000);
const LOAD_BUYERS: Setting =
    Setting::number("LOAD_BUYERS", "Number of buyers. Each can order once a second.")
        .default("64")
        .range(1, 1000);
const LOAD_SEED: Setting =
    Setting::number("LOAD_SEED", "Seed of the random choices. Without one, each start has another.")
        .optional()
        .example("17");
const LOAD_HISTORY: Setting =
    Setting::number("LOAD_HISTORY", "Number of operations that are kept and compared with the shop.")
        .default("20000")
        .range(100, 1_000_000);
const LOAD_PASSWORD: Setting = Setting::secret(
    "LOAD_PASSWORD",
    "Password of the buyers' accounts, by which the next start finds them again. Without one, each start \
     registers new accounts.",
)
.optional();
const CUSTOMER_EMAIL: Setting = Setting::text(
    "CUSTOMER_EMAIL",
    "Email address of an account for visitors of the demo, which the start registers if it does not exist.",
)
.optional()
.example("customer@example.com");
const CUSTOMER_PASSWORD: Setting =
    Setting::secret("CUSTOMER_PASSWORD", "Password of that account.").optional();

/// The settings of `estore-shopper serve`.
pub const SETTINGS: Settings = Settings {
    title: "Shopper",
    lists: &[
        API[0],
        API[1],
        TELEMETRY,
        &[
            USER_URL,
            VERIFICATION_URL,
            INVENTORY_URL,
            PAYMENT_URL,
            STOREFRONT_URL,
            MAIL_URL,
            ADMIN_EMAIL,
            ADMIN_PASSWORD,
            GATEWAY,
            LOAD_ORDERS_PER_MINUTE,
            LOAD_BUYERS,
            LOAD_SEED,
            LOAD_HISTORY,
            LOAD_PASSWORD,
            CUSTOMER_EMAIL,
            CUSTOMER_PASSWORD,
        ],
    ],
};

/// The highest rate, as [`LOAD_ORDERS_PER_MINUTE`] has it.
const _: () = assert!(MAX_ORDERS_PER_MINUTE == 3000);

/// An email address and its password.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) email: String,
    pub(crate) password: Sensitive,
}

impl Credentials {
    /// Reads those of the admin.
    pub(crate) fn of_admin(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self { email: env.get(&ADMIN_EMAIL)?, password: exposed(&env.secret(&ADMIN_PASSWORD)?) })
    }

    /// Reads those of the account for visitors, if there is one.
    fn of_customer(env: &Env) -> Result<Option<Self>, ConfigError> {
        match (env.optional(&CUSTOMER_EMAIL)?, env.optional_secret(&CUSTOMER_PASSWORD)?) {
            (Some(email), Some(password)) => Ok(Some(Self { email, password: exposed(&password) })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(CUSTOMER_PASSWORD.wrong("is not set, and CUSTOMER_EMAIL is")),
            (None, Some(_)) => Err(CUSTOMER_EMAIL.wrong("is not set, and CUSTOMER_PASSWORD is")),
        }
    }
}

fn exposed(secret: &SecretString) -> Sensitive {
    secret.expose_secret().into()
}

/// The settings of the load on demand.
pub(crate) struct Config {
    pub(crate) admin: Credentials,
    pub(crate) customer: Option<Credentials>,
    pub(crate) orders_per_minute: u32,
    pub(crate) buyers: u32,
    pub(crate) seed: Option<u64>,
    pub(crate) history: usize,
    /// The password of the buyers' accounts, if they are kept.
    pub(crate) password: Option<Sensitive>,
}

impl Config {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        if env.optional::<String>(&MAIL_URL)?.is_none() {
            return Err(MAIL_URL.wrong("is not set"));
        }
        Ok(Self {
            admin: Credentials::of_admin(env)?,
            customer: Credentials::of_customer(env)?,
            orders_per_minute: env.get(&LOAD_ORDERS_PER_MINUTE)?,
            buyers: env.get(&LOAD_BUYERS)?,
            seed: env.optional(&LOAD_SEED)?,
            history: env.get(&LOAD_HISTORY)?,
            password: env.optional_secret(&LOAD_PASSWORD)?.as_ref().map(exposed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(more: &[(&str, &str)]) -> Result<Config, String> {
        let fixed = [
            ("ADMIN_EMAIL", "a@example.com"),
            ("ADMIN_PASSWORD", "long enough"),
            ("MAIL_URL", "http://m/email"),
        ];
        let env: Env = fixed.iter().chain(more).copied().collect();
        Config::from_env(&env).map_err(|error| error.to_string())
    }

    #[test]
    fn visitor_account_needs_email_and_password() {
        assert!(config(&[]).unwrap().customer.is_none());
        let both = [("CUSTOMER_EMAIL", "c@example.com"), ("CUSTOMER_PASSWORD", "long enough")];
        assert_eq!(config(&both).unwrap().customer.unwrap().email, "c@example.com");
        assert!(config(&both[..1]).is_err_and(|error| error.starts_with("CUSTOMER_PASSWORD is not set")));
        assert!(config(&both[1..]).is_err_and(|error| error.starts_with("CUSTOMER_EMAIL is not set")));
    }

    #[test]
    fn rate_beyond_the_dial_is_refused() {
        assert_eq!(config(&[("LOAD_ORDERS_PER_MINUTE", "3000")]).unwrap().orders_per_minute, 3000);
        assert!(config(&[("LOAD_ORDERS_PER_MINUTE", "3001")]).is_err());
    }
}
