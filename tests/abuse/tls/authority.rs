//! A test CA, for certificates that `bootstrap certificates` would never make.

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use reqwest::{Certificate, Identity};

pub(super) struct Authority {
    pub(super) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
#[derive(Clone)]
pub(super) struct Pair {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// The years at whose beginning a certificate becomes valid and expires.
pub(super) type Years = (i32, i32);

pub(super) const GOOD: Years = (2020, 2090);
pub(super) const OVER: Years = (2019, 2020);
pub(super) const NOT_YET: Years = (2089, 2090);

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Issues a certificate for a service of this name.
    pub(super) fn service(&self, name: &str) -> Pair {
        self.issue(&[&format!("{name}.estore.internal")], GOOD)
    }

    pub(super) fn issue(&self, names: &[&str], years: Years) -> Pair {
        use ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
        self.issue_for(names, years, &[ServerAuth, ClientAuth])
    }

    pub(super) fn issue_for(&self, names: &[&str], years: Years, uses: &[ExtendedKeyUsagePurpose]) -> Pair {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = uses.to_vec();
        (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Pair { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    pub(super) fn root(&self) -> Certificate {
        Certificate::from_pem(self.pem.as_bytes()).unwrap()
    }
}

impl Pair {
    pub(super) fn identity(&self) -> Identity {
        Identity::from_pem(format!("{}{}", self.certificate, self.key).as_bytes()).unwrap()
    }
}

/// Returns the expiry of a certificate of these years, as a Unix time.
pub(super) fn end(years: Years) -> u64 {
    date_time_ymd(years.1, 1, 1).unix_timestamp().unsigned_abs()
}
