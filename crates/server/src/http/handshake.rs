//! The TLS handshake of the internal listener, and the peer that it identifies.

use std::{io, sync::Arc};

use estore_contract::PeerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, ServerConnection},
    server::TlsStream,
};
use x509_parser::{extensions::GeneralName, prelude::FromDer};

use super::connection::PATIENCE;
use crate::auth::PeerIdentity;

pub(super) async fn handshake<I: AsyncRead + AsyncWrite + Unpin>(
    tls: Arc<ServerConfig>,
    stream: I,
) -> io::Result<(TlsStream<I>, PeerIdentity)> {
    let stream = timeout(PATIENCE, TlsAcceptor::from(tls).accept(stream)).await??;
    let peer = PeerIdentity(peer_of(stream.get_ref().1));
    Ok((stream, peer))
}

/// Returns the service that the client certificate names. Accepts only a certificate with exactly
/// one name, which must be one of ours.
fn peer_of(session: &ServerConnection) -> Option<PeerName> {
    let certificate = session.peer_certificates()?.first()?;
    let (_, certificate) = x509_parser::certificate::X509Certificate::from_der(certificate).ok()?;
    let names = certificate.subject_alternative_name().ok()??;
    match names.value.general_names.as_slice() {
        [GeneralName::DNSName(name)] => PeerName::from_dns(name),
        _ => None,
    }
}
