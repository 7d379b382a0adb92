//! The program's own settings.

use estore_base::{
    config::{Setting, Settings},
    identity,
};
use estore_client::{INVENTORY_SERVICE_URL, PAYMENT_SERVICE_URL, USER_SERVICE_URL};
use estore_server::{COMMON, TELEMETRY, WORK};
use estore_stores::{pg, redis};

pub(crate) const DATABASE_URL_USER: Setting = Setting::secret(
    "DATABASE_URL_USER",
    "URL of the User Service's database; for TLS add `?sslmode=verify-full&sslrootcert=<path>`.",
)
.example(pg::EXAMPLE);
pub(crate) const DATABASE_PASSWORD_USER: Setting =
    Setting::secret("DATABASE_PASSWORD_USER", "Password of that database, if the URL has none.")
        .optional()
        .example("(as in the role's Secret)");
pub(crate) const DATABASE_URL_VERIFICATION: Setting =
    Setting::secret("DATABASE_URL_VERIFICATION", "URL of the Verification Service's database.")
        .example(pg::EXAMPLE);
pub(crate) const DATABASE_PASSWORD_VERIFICATION: Setting =
    Setting::secret("DATABASE_PASSWORD_VERIFICATION", "Password of that database, if the URL has none.")
        .optional()
        .example("(as in the role's Secret)");
pub(crate) const POSTGRES_ADMIN_URL: Setting = Setting::secret(
    "POSTGRES_ADMIN_URL",
    "URL of a superuser's; with it, `run` creates the roles and databases of the services' URLs, and sets \
     the passwords, which are then required.",
)
.optional()
.example(pg::EXAMPLE);
pub(crate) const POSTGRES_ADMIN_PASSWORD: Setting =
    Setting::secret("POSTGRES_ADMIN_PASSWORD", "Password of the superuser, if the URL has none.").optional();
pub(crate) const REDIS_DB_INVENTORY: Setting =
    Setting::number("REDIS_DB_INVENTORY", "Database of the Inventory Service in Redis.").default("1");
pub(crate) const REDIS_DB_PAYMENT: Setting =
    Setting::number("REDIS_DB_PAYMENT", "Database of the Payment Service in Redis.").default("0");
pub(crate) const GATEWAY_BOOKS: Setting = Setting::choice(
    "GATEWAY_BOOKS",
    &["sandbox", "none"],
    "`audit`: `none` if payments go to a real gateway, which keeps its books itself.",
)
.default("sandbox");
pub(crate) const REDIS_DB_GATEWAY: Setting =
    Setting::number("REDIS_DB_GATEWAY", "`audit`: database of the sandbox gateway's books in Redis.")
        .computed("`REDIS_DB_PAYMENT`")
        .example("2");
/// The time limit for both stores.
pub(crate) const BOOTSTRAP_WAIT_SECONDS: Setting =
    Setting::seconds("BOOTSTRAP_WAIT_SECONDS", "Time to wait for stores that start, load or recover.")
        .default("600");

pub(crate) const ADMIN_EMAIL: Setting = Setting::text(
    "ADMIN_EMAIL",
    "`run`: email address of the first admin. `run` leaves an existing account as it is; only a \
     registration that nobody has verified gives way.",
)
.example("admin@example.com");
pub(crate) const ADMIN_PASSWORD: Setting =
    Setting::secret("ADMIN_PASSWORD", "`run`: password of the first admin.")
        .example("(8 characters at least)");
pub(crate) const CATALOG_DIR: Setting = Setting::directory(
    "CATALOG_DIR",
    "`run`: the catalogue ([its format](../catalog/README.md)); without it, `run` seeds none.",
)
.optional()
.example("catalog");
/// The ConfigMap in which `run` reports its steps.
pub const BOOTSTRAP_STATUS: Setting = Setting::text(
    "BOOTSTRAP_STATUS",
    "`run` in Kubernetes: the ConfigMap for its report; without it, `run` does not use Kubernetes.",
)
.optional()
.example("estore-bootstrap-status");
pub(crate) const OBJECT_LABELS: Setting =
    Setting::list("OBJECT_LABELS", "`run` with a ConfigMap: labels of that object, `name=value`.")
        .example("app.kubernetes.io/instance=shop");
pub(crate) const POD_NAME: Setting =
    Setting::text("POD_NAME", "`run` with a ConfigMap, and `operate`: name of this pod.")
        .example("estore-bootstrap-1a2b3c-x7z9q");
pub(crate) const POD_NAMESPACE: Setting = Setting::text(
    "POD_NAMESPACE",
    "`run` with a ConfigMap, `secrets`, `operate` and `release`: the namespace in Kubernetes.",
)
.example("shop");
pub(crate) const SECRETS_PLAN: Setting = Setting::text(
    "SECRETS_PLAN",
    "`secrets`: the Secrets that a release needs, as JSON that the chart writes.",
)
.example(
    r#"{"secrets": {"estore-user": {"database-password": "password"}}, "authority": "estore-ca", "certificates": {}}"#,
);
pub(crate) const REPLACED_JOBS: Setting =
    Setting::list("REPLACED_JOBS", "`secrets`: Jobs of the previous revision, which it removes.")
        .example("estore-bootstrap,estore-backup-volume");
pub(crate) const RESYNC_SECONDS: Setting =
    Setting::seconds("RESYNC_SECONDS", "`operate`: time after which it writes everything again.")
        .default("600");
pub(crate) const ARCHIVE_AFTER: Setting = Setting::text(
    "ARCHIVE_AFTER",
    "`archive`: time since an order was last touched, in days (`400d`) or seconds.",
)
.default("400d");
pub(crate) const ARCHIVE_DIR: Setting =
    Setting::directory("ARCHIVE_DIR", "`archive`: directory for the files.")
        .example("/var/lib/estore/archive");

/// The settings of this program.
pub const SETTINGS: Settings = Settings {
    title: "Bootstrap",
    lists: &[
        &[DATABASE_URL_USER, DATABASE_PASSWORD_USER],
        &[DATABASE_URL_VERIFICATION, DATABASE_PASSWORD_VERIFICATION],
        &[POSTGRES_ADMIN_URL, POSTGRES_ADMIN_PASSWORD],
        redis::SETTINGS,
        &[redis::REDIS_DB, REDIS_DB_INVENTORY, REDIS_DB_PAYMENT, BOOTSTRAP_WAIT_SECONDS],
        &[USER_SERVICE_URL, INVENTORY_SERVICE_URL, PAYMENT_SERVICE_URL],
        identity::SETTINGS,
        &[ADMIN_EMAIL, ADMIN_PASSWORD, CATALOG_DIR, BOOTSTRAP_STATUS],
        &[OBJECT_LABELS, POD_NAME, POD_NAMESPACE, SECRETS_PLAN, REPLACED_JOBS, RESYNC_SECONDS],
        &[ARCHIVE_AFTER, ARCHIVE_DIR],
        &[GATEWAY_BOOKS, REDIS_DB_GATEWAY],
        WORK,
        TELEMETRY,
    ],
};

/// The settings that are not reported as misspelled. Those of the services may be set for this
/// program, too.
pub const KNOWN: [Settings; 3] = {
    let [common, limits] = COMMON;
    [common, limits, SETTINGS]
};
