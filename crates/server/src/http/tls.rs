//! The TLS settings of the internal listener, which follow changes of the certificates.

use std::sync::Arc;

use estore_base::{
    config::{ConfigError, Env},
    identity::{Identity, SETTINGS, wrong_pair},
    reloadable::Reloadable,
};
use estore_telemetry::Platform;
use tokio_rustls::rustls::{self, ServerConfig};

/// Creates the TLS settings of the internal listener from `TLS_CERT`, `TLS_KEY` and `TLS_CA`.
pub(crate) fn tls(env: &Env, platform: &Platform) -> Result<Reloadable<Arc<ServerConfig>>, ConfigError> {
    let expires = platform.certificates.with_label_values(&["service"]);
    let serve = move |identity: Identity| {
        let config = config(&identity)?;
        expires.set(identity.expires().unwrap_or_default());
        Ok(Arc::new(config))
    };
    let first = serve.clone();
    Reloadable::new(
        "server",
        env,
        SETTINGS,
        |env| first(Identity::from_env(env)?),
        move |env| serve(Identity::renewed(env)?),
    )
}

/// Requires client certificates of our CA.
fn config(identity: &Identity) -> Result<ServerConfig, ConfigError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let clients = identity.clients()?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .and_then(|builder| {
            builder.with_client_cert_verifier(clients).with_single_cert(identity.chain(), identity.key())
        })
        .map_err(|error| wrong_pair(&error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
