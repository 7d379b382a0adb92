//! What must hold of a Redis server before it is trusted with stock and money (order-flow section 1).

use std::collections::HashMap;

use redis::{RedisError, cmd};

use super::{
    Library, Redis,
    function::{is_away, is_loading},
};

const PREMISES: [(&str, &str); 4] = [
    ("appendonly", "yes"),
    ("appendfsync", "always"),
    ("no-appendfsync-on-rewrite", "no"),
    ("maxmemory-policy", "noeviction"),
];

/// For readiness: the server answers, keeps what it answered, and has the libraries that this binary calls.
pub async fn check(redis: &Redis, libraries: &[Library]) -> Result<(), String> {
    let mut connection = redis.connection();
    let mut ask = cmd("CONFIG");
    ask.arg("GET");
    for (name, _) in PREMISES {
        ask.arg(name);
    }
    let settings: HashMap<String, String> =
        ask.query_async(&mut connection).await.map_err(|error| silent(&error))?;
    for (name, wanted) in PREMISES {
        let found = settings.get(name).map_or("unknown", String::as_str);
        if found != wanted && redis.allow_volatile {
            tracing::warn!(
                setting = name,
                found,
                wanted,
                "Redis may lose orders; ALLOW_VOLATILE_REDIS lets it"
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
                    "library {} is version {version}, but {} is needed",
                    library.name, library.version
                ));
            }
            Err(error) if is_away(&error) => return Err(silent(&error)),
            Err(_) => return Err(format!("library {} is not loaded yet", library.name)),
        }
    }
    Ok(())
}

fn silent(error: &RedisError) -> String {
    tracing::debug!(%error, "redis check");
    let reason = if is_loading(error) { "loading" } else { "does not answer" };
    reason.to_owned()
}
