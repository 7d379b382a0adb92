//! The Secrets of certificates: `tls.crt`, `tls.key`, and `ca.crt` with all trusted CA
//! certificates.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use k8s_openapi::{ByteString, api::core::v1::Secret};
use time::{Duration, OffsetDateTime};

use super::{Done, Secrets, Want, authority::Kept, bytes, text};
use crate::certificates::Seen;

/// A certificate is renewed when less than this part of its lifetime remains.
const THIRD: f64 = 1.0 / 3.0;
/// In its first days a CA signs only certificates that cannot wait longer. Running pods know only
/// the previous CA, and load the new one at their next start.
const NEW_AUTHORITY: Duration = Duration::days(30);
const MONTH: f64 = 1.0 / 12.0;

/// Creates the certificate `name` if there is none, and renews it if it is due.
pub(super) async fn ensure(
    secrets: &Secrets,
    name: &str,
    names: &[String],
    kept: &Kept,
    now: OffsetDateTime,
) -> Result<Done> {
    let decide = |found: Option<&Secret>| {
        let Some(found) = found else {
            return Ok(Want::Write(
                secrets.fresh(name, "kubernetes.io/tls", issued(kept, names, now)?),
                Done::Made,
            ));
        };
        let (data, why) = match due(found, names, &kept.all, now) {
            Some(why) => (issued(kept, names, now)?, why),
            None if text(found, "ca.crt") == Some(kept.bundle.as_str()) => return Ok(Want::Keep(Done::Kept)),
            None => {
                (BTreeMap::from([("ca.crt".to_owned(), bytes(kept.bundle.as_str()))]), "its ca.crt alone")
            }
        };
        let mut renewed = Box::new(found.clone());
        renewed.data.get_or_insert_default().extend(data);
        Ok(Want::Write(renewed, Done::Renewed(why.to_owned())))
    };
    secrets.settle(name, decide).await
}

fn issued(kept: &Kept, names: &[String], now: OffsetDateTime) -> Result<BTreeMap<String, ByteString>> {
    let leaf = kept.authority.issue(names, now)?;
    Ok(BTreeMap::from([
        ("tls.crt".to_owned(), bytes(leaf.certificate)),
        ("tls.key".to_owned(), bytes(leaf.key)),
        ("ca.crt".to_owned(), bytes(kept.bundle.as_str())),
    ]))
}

/// Returns the reason for a new certificate, or `None` if the old one is still good.
fn due(secret: &Secret, names: &[String], trusted: &[Seen], now: OffsetDateTime) -> Option<&'static str> {
    let chain = text(secret, "tls.crt").and_then(|pem| Seen::all(pem).ok());
    let Some(leaf) = chain.as_ref().and_then(|chain| chain.first()) else {
        return Some("there was no certificate");
    };
    if text(secret, "tls.key").is_none() {
        return Some("there was no key");
    }
    if leaf.names != names.iter().cloned().collect::<BTreeSet<_>>() {
        return Some("its names changed");
    }
    let Some(signer) = trusted.iter().position(|authority| leaf.is_signed_by(authority)) else {
        return Some("its CA changed");
    };
    let newest_is_new = trusted.first().is_some_and(|newest| now - newest.from < NEW_AUTHORITY);
    let part = if signer > 0 && newest_is_new { MONTH } else { THIRD };
    leaf.has_less_than(part, now).then_some("it was due")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificates::Authority;
    use time::macros::datetime;

    const START: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
    const YEARS: Duration = Duration::days(3652);

    fn secret(authority: &Authority, names: &[String], made: OffsetDateTime) -> Secret {
        let leaf = authority.issue(names, made).unwrap();
        let data = [("tls.crt", leaf.certificate), ("tls.key", leaf.key)];
        Secret {
            data: Some(data.map(|(key, text)| (key.to_owned(), bytes(text))).into()),
            ..Secret::default()
        }
    }

    fn trusted(authorities: &[&Authority]) -> Vec<Seen> {
        let bundle: String = authorities.iter().map(|authority| authority.certificate()).collect();
        Seen::all(&bundle).unwrap()
    }

    #[test]
    fn certificate_is_renewed_in_its_last_third() {
        let (names, authority) =
            (["user.estore.internal".to_owned()], Authority::make(START, YEARS).unwrap());
        let (secret, trusted) = (secret(&authority, &names, START), trusted(&[&authority]));
        assert_eq!(due(&secret, &names, &trusted, START), None);
        assert_eq!(due(&secret, &names, &trusted, START + Duration::days(243)), None);
        assert_eq!(due(&secret, &names, &trusted, START + Duration::days(244)), Some("it was due"));
        assert_eq!(due(&secret, &names, &trusted, START + Duration::days(400)), Some("it was due"));
    }

    #[test]
    fn certificate_with_changed_names_or_ca_is_renewed() {
        let (names, authority) = (["a".to_owned(), "b".to_owned()], Authority::make(START, YEARS).unwrap());
        let (mut whole, ours) = (secret(&authority, &names, START), trusted(&[&authority]));
        let other = ["b".to_owned(), "a".to_owned()];
        assert_eq!(due(&whole, &other, &ours, START), None, "their order says nothing");
        assert_eq!(due(&whole, &names[..1], &ours, START), Some("its names changed"));
        // All our CAs have the same name.
        let another = Authority::make(START, YEARS).unwrap();
        assert_eq!(due(&whole, &names, &trusted(&[&another]), START), Some("its CA changed"));
        whole.data.as_mut().unwrap().remove("tls.key");
        assert_eq!(due(&whole, &names, &ours, START), Some("there was no key"));
        assert_eq!(due(&Secret::default(), &names, &ours, START), Some("there was no certificate"));
    }

    #[test]
    fn new_ca_defers_renewal_of_old_certificates() {
        let names = ["a".to_owned()];
        let (old, new) = (
            Authority::make(START, YEARS).unwrap(),
            Authority::make(START + Duration::days(250), YEARS).unwrap(),
        );
        let (secret, both) = (secret(&old, &names, START), trusted(&[&new, &old]));
        assert_eq!(due(&secret, &names, &both, START + Duration::days(260)), None);
        assert_eq!(due(&secret, &names, &both, START + Duration::days(290)), Some("it was due"));
        assert_eq!(due(&secret, &names, &both, START + Duration::days(340)), Some("it was due"));
    }
}
