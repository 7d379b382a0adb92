//! The TLS settings for calls to a peer.

use std::sync::Arc;

use estore_base::{
    config::ConfigError,
    identity::{Identity, TLS_CA, wrong_pair},
};
use estore_contract::PeerName;
use rustls::ClientConfig;

use super::verify::NamedPeer;

/// Returns the TLS settings for calls to `peer`. At any address, its certificate must carry its
/// name.
pub(super) fn config(identity: &Identity, peer: PeerName) -> Result<ClientConfig, ConfigError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = NamedPeer::new(peer, identity.roots(), provider.clone())
        .map_err(|error| TLS_CA.wrong(format!("is wrong ({error})")))?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .and_then(|builder| {
            // `dangerous` because it replaces the name check; ours checks the chain, the dates and
            // another name.
            let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(server));
            builder.with_client_auth_cert(identity.chain(), identity.key())
        })
        .map_err(|error| wrong_pair(&error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
