//! The certificates by which the services know each other, and their stores.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::Context;
use estore_contract::PeerName;
use estore_kit::clock::{Clock, SystemClock};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

const LIFETIME: Duration = Duration::days(365);

/// Writes `ca.crt`, and `<service>.crt` and `<service>.key` for each service, into `directory`; where `stores`
/// names a host, also `postgres` and `redis`, for servers there. The authority's own key is kept nowhere: new certificates
/// take a new authority.
pub fn write(directory: &Path, stores: Option<&str>) -> anyhow::Result<()> {
    fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
    let now = SystemClock.now();
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "E-Store services");
    (authority.not_before, authority.not_after) = validity(now);
    let key = KeyPair::generate()?;
    let own = authority.self_signed(&key)?;
    put(&directory.join("ca.crt"), &own.pem())?;
    let issuer = Issuer::new(authority, key);
    let peers = PeerName::ALL.map(|peer| (peer.to_string(), peer.dns()));
    let stores =
        stores.into_iter().flat_map(|host| ["postgres", "redis"].map(|name| (name.to_owned(), host)));
    for (name, dns) in peers.into_iter().chain(stores) {
        let (certificate, key) = leaf(dns, &issuer, now)?;
        put(&directory.join(format!("{name}.crt")), &certificate)?;
        put(&directory.join(format!("{name}.key")), &key)?;
    }
    Ok(())
}

fn leaf(dns: &str, issuer: &Issuer<'_, KeyPair>, now: OffsetDateTime) -> anyhow::Result<(String, String)> {
    let mut params = CertificateParams::new(vec![dns.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, dns);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = validity(now);
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

/// A little before now, as clocks differ.
fn validity(now: OffsetDateTime) -> (OffsetDateTime, OffsetDateTime) {
    (now - Duration::minutes(5), now + LIFETIME)
}

fn put(path: &Path, pem: &str) -> anyhow::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| path.display().to_string())?;
    Ok(file.write_all(pem.as_bytes())?)
}
