//! Certificates of a CA that lives as long as the test.

use estore_base::config::Env;
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

pub(crate) struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Returns the settings of a program with a certificate of this name.
    pub(crate) fn settings(&self, name: &str) -> Vec<(String, String)> {
        let mut params = CertificateParams::new(vec![format!("{name}.estore.internal")]).unwrap();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let settings =
            [("TLS_CERT", certificate.pem()), ("TLS_KEY", key.serialize_pem()), ("TLS_CA", self.pem.clone())];
        settings.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// Returns an environment with that certificate and more settings.
    pub(crate) fn env(&self, name: &str, more: &[(&str, String)]) -> Env {
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        self.settings(name).into_iter().chain(more).collect()
    }
}
