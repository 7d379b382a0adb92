//! Reads certificates.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use time::{Duration, OffsetDateTime};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, pem::Pem, prelude::FromDer};

/// The fields of a certificate, and its bytes.
pub(crate) struct Seen {
    der: Vec<u8>,
    /// The DNS names of the certificate.
    pub(crate) names: BTreeSet<String>,
    pub(crate) from: OffsetDateTime,
    pub(crate) until: OffsetDateTime,
}

impl Seen {
    /// Parses every certificate of a PEM text, in order.
    pub(crate) fn all(pem: &str) -> Result<Vec<Self>> {
        Pem::iter_from_buffer(pem.as_bytes()).map(|one| Self::read(one.context("no PEM")?.contents)).collect()
    }

    fn read(der: Vec<u8>) -> Result<Self> {
        let (_, certificate) = X509Certificate::from_der(&der).context("no certificate")?;
        let names =
            certificate.subject_alternative_name().context("names")?.map_or_else(BTreeSet::new, |names| {
                let dns = |name: &GeneralName<'_>| match name {
                    GeneralName::DNSName(name) => Some((*name).to_owned()),
                    _ => None,
                };
                names.value.general_names.iter().filter_map(dns).collect()
            });
        let validity = certificate.validity();
        let (from, until) = (validity.not_before.to_datetime(), validity.not_after.to_datetime());
        Ok(Self { der, names, from, until })
    }

    /// Returns whether `authority` signed this certificate.
    pub(crate) fn is_signed_by(&self, authority: &Self) -> bool {
        let parsed = X509Certificate::from_der(&self.der).and_then(|(_, own)| {
            X509Certificate::from_der(&authority.der)
                .map(|(_, theirs)| own.verify_signature(Some(theirs.public_key())))
        });
        matches!(parsed, Ok(Ok(())))
    }

    /// Returns the remaining lifetime at `now`; negative if the certificate has expired.
    pub(crate) fn left(&self, now: OffsetDateTime) -> Duration {
        self.until - now
    }

    /// Returns whether less than this part of the lifetime remains.
    pub(crate) fn has_less_than(&self, part: f64, now: OffsetDateTime) -> bool {
        self.left(now) < (self.until - self.from) * part
    }

    /// Encodes the certificate as PEM.
    pub(crate) fn pem(&self) -> String {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let text = STANDARD.encode(&self.der);
        let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = more;
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        pem
    }
}
