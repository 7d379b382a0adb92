//! Settings: the program starts, or stops with one line that names the setting and reveals no
//! secret.

use std::sync::LazyLock;

use estore_base::config::Env;
use estore_contract::PeerName;
use estore_stores::pg;
use estore_telemetry::{Platform, metrics::Meter};
use tokio::runtime::{Builder, Runtime};

use crate::text;

/// The settings of a Payment Service. It reads its certificates last.
const USUAL: [(&str, &str); 7] = [
    ("CARD_KEYS", "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="),
    ("REDIS_HOST", "localhost"),
    ("REDIS_PASSWORD", "a-password-of-redis"),
    ("STRIPE_API_KEY", "sk_test_a_key"),
    ("STRIPE_API_BASE", "http://127.0.0.1:1"),
    ("DATABASE_URL", "postgresql://estore:a-password-of-postgres@localhost/userdb"),
    ("INVENTORY_SERVICE_URL", "https://localhost:8201"),
];

/// The settings that may hold a secret.
const SECRET: [&str; 6] =
    ["CARD_KEYS", "REDIS_PASSWORD", "STRIPE_API_KEY", "STRIPE_API_BASE", "DATABASE_URL", "DATABASE_PASSWORD"];

/// Parts of all secrets here and in the seeds. No message contains one by itself.
const PARTS: [&str; 4] = ["a-password", "a-secret", "test_a_key", "AQEBAQEB"];

/// Building the clients of stores needs a runtime; they connect later.
static RUNTIME: LazyLock<Option<Runtime>> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().ok());

/// Runs `work` on the runtime.
pub(crate) fn on_runtime<F: Future>(work: F) -> F::Output {
    match RUNTIME.as_ref() {
        Some(runtime) => runtime.block_on(work),
        None => std::process::abort(),
    }
}

/// Checks settings, one on each line.
pub(crate) fn check(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let given = text.lines().filter_map(|line| line.split_once('='));
    // Reads no file of this machine.
    let given = given.filter(|(name, _)| !name.ends_with("_FILE") && !name.starts_with("TLS_"));
    let given: Vec<(&str, &str)> = given.filter(|(name, _)| !name.ends_with("_CA")).collect();
    let all: Vec<(&str, &str)> = USUAL.into_iter().chain(given.iter().copied()).collect();
    let env: Env = all.iter().copied().collect();
    on_runtime(async {
        if let Ok(meter) = Meter::from_env(&env)
            && let Ok(platform) = Platform::new(meter, PeerName::Payment.as_str())
            && let Err(error) = estore_payment::build(&env, &platform)
        {
            tells_no_secret(&error.to_string(), &all);
        }
        if let Err(error) = pg::options(&env, &pg::DATABASE_URL, &pg::DATABASE_PASSWORD) {
            tells_no_secret(&error.to_string(), &all);
        }
    });
}

fn tells_no_secret(error: &str, settings: &[(&str, &str)]) {
    let first = error.split(' ').next().unwrap_or_default();
    let named = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    assert!(named && !error.contains(['\n', '\r']), "{error:?}");
    for part in PARTS {
        let open = |(name, value): &(&str, &str)| !SECRET.contains(name) && value.contains(part);
        assert!(!error.contains(part) || settings.iter().any(open), "a secret is told: {error}");
    }
}
