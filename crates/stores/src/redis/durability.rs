//! The durability checks that a Redis server must pass before it may hold stock and money
//! (order-flow section 1).

use std::collections::HashMap;

use redis::{ErrorKind, RedisError, cmd};

use super::{
    Library, Redis,
    function::{is_away, is_loading},
};
use crate::refusals::{Refusal, Refusals};

static REFUSALS: Refusals = Refusals::new();

const REQUIRED: [(&str, &str); 4] = [
    ("appendonly", "yes"),
    ("appendfsync", "always"),
    ("no-appendfsync-on-rewrite", "no"),
    ("maxmemory-policy", "noeviction"),
];

/// Checks readiness: the server answers, persists its writes, and has the libraries that this
/// binary calls.
pub async fn check(redis: &Redis, libraries: &[Library]) -> Result<(), String> {
    let mut connection = redis.connection();
    let mut ask = cmd("CONFIG");
    ask.arg("GET");
    for (name, _) in REQUIRED {
        ask.arg(name);
    }
    let settings: HashMap<String, String> =
        ask.query_async(&mut connection).await.map_err(|error| silent(redis, &error))?;
    REFUSALS.answered();
    for (name, wanted) in REQUIRED {
        let found = settings.get(name).map_or("unknown", String::as_str);
        if found != wanted && redis.allow_volatile {
            tracing::warn!(
                setting = name,
                found,
                wanted,
                "Redis may lose orders; continuing because of ALLOW_VOLATILE_REDIS"
            );
        } else if found != wanted {
            return Err(format!("{name} is {found}, but must be {wanted}"));
        }
    }
    for library in libraries {
        let name = format!("{}_version", library.name);
        let version: Result<i64, RedisError> =
            cmd("FCALL_RO").arg(&name).arg(0).query_async(&mut connection).await;
        match version {
            Ok(version) if version >= library.version => {}
            Ok(version) => {
                return Err(format!(
                    "library {} is version {version}, but {} is needed; see the log of the bootstrap job",
                    library.name, library.version
                ));
            }
            Err(error) if is_away(&error) => return Err(silent(redis, &error)),
            Err(_) => {
                return Err(format!(
                    "library {} is not loaded yet; see the log of the bootstrap job",
                    library.name
                ));
            }
        }
    }
    Ok(())
}

fn silent(redis: &Redis, error: &RedisError) -> String {
    let refused = |code: &str| matches!(code, "WRONGPASS" | "NOAUTH" | "NOPERM");
    let refusal = if is_loading(error) {
        Refusal::Loading
    } else if error.kind() == ErrorKind::AuthenticationFailed || error.code().is_some_and(refused) {
        redis.log_in_again();
        Refusal::Password
    } else {
        Refusal::of_connection(error)
    };
    REFUSALS.note("redis", refusal, error).to_owned()
}
