//! Creates certificates.

#[cfg(feature = "kubernetes")]
use anyhow::Context;
use anyhow::Result;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

use super::LEAF_LIFE;

/// A CA with its key (ECDSA, P-256).
pub(crate) struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
pub(crate) struct Leaf {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    /// Creates a CA that is valid for `life` from `now`.
    pub(crate) fn make(now: OffsetDateTime, life: Duration) -> Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "E-Store services");
        (params.not_before, params.not_after) = validity(now, life);
        let key = KeyPair::generate()?;
        let pem = params.self_signed(&key)?.pem();
        Ok(Self { pem, issuer: Issuer::new(params, key) })
    }

    #[cfg(feature = "kubernetes")]
    /// Reads a CA from its certificate and key, in PEM.
    pub(crate) fn read(certificate: &str, key: &str) -> Result<Self> {
        let key = KeyPair::from_pem(key).context("the CA's key cannot be read")?;
        let issuer =
            Issuer::from_ca_cert_pem(certificate, key).context("the CA's certificate cannot be read")?;
        Ok(Self { pem: certificate.to_owned(), issuer })
    }

    /// The CA certificate, in PEM.
    pub(crate) fn certificate(&self) -> &str {
        &self.pem
    }

    #[cfg(feature = "kubernetes")]
    /// The key of the CA, in PEM.
    pub(crate) fn key(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// Issues a certificate for these names, valid for a year, for servers and clients.
    pub(crate) fn issue(&self, names: &[String], now: OffsetDateTime) -> Result<Leaf> {
        let mut params = CertificateParams::new(names.to_vec())?;
        if let Some(name) = names.first() {
            params.distinguished_name.push(DnType::CommonName, name.as_str());
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        (params.not_before, params.not_after) = validity(now, LEAF_LIFE);
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(Leaf { certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

/// Starts a little before now, as clocks differ.
fn validity(now: OffsetDateTime, life: Duration) -> (OffsetDateTime, OffsetDateTime) {
    (now - Duration::minutes(5), now + life)
}
