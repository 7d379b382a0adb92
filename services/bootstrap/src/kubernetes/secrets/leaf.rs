//! The Secrets of certificates: `tls.crt`, `tls.key`, and as `ca.crt` everything that is trusted.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use k8s_openapi::{ByteString, api::core::v1::Secret};
use time::{Duration, OffsetDateTime};

use super::{Done, Secrets, Want, authority::Kept, bytes, text};
use crate::certificates::Seen;

/// A leaf is renewed where less than this part of its life is left.
const THIRD: f64 = 1.0 / 3.0;
/// In its first days an authority signs only what cannot wait longer: pods that run know the one before, and learn of it when they
/// are next started.
const NEW_AUTHORITY: Duration = Duration::days(30);
const MONTH: f64 = 1.0 / 12.0;

/// Makes the certificate `name` where there is none, and renews it where it is due.
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

/// Why a new certificate is needed; `None` where the old one will do.
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
        return Some("its authority changed");
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
    fn a_leaf_is_renewed_when_less_than_a_third_of_its_life_is_left_and_not_before() {
        let (names, authority) =
            (["user.estore.internal".to_owned()], Authority::make(START, YEARS).unwrap());
        let (secret, trusted) = (secret(&authority, &names, START), trusted(&[&authority]));
        assert_eq!(due(&secret, &names, &trusted, START), None);
        assert_eq!(due(&secret, &names, &trusted, START + Duration::days(243)), None);
        assert_eq!(due(&secret, &names, &trusted, START + Duration::days(244)), Some("it was due"));
        assert_eq!(due(&secret, &names, &trusted, START + Duration::days(400)), Some("it was due"));
    }

    #[test]
    fn a_leaf_is_renewed_when_its_names_or_its_authority_changed_or_a_part_is_missing() {
        let (names, authority) = (["a".to_owned(), "b".to_owned()], Authority::make(START, YEARS).unwrap());
        let (mut whole, ours) = (secret(&authority, &names, START), trusted(&[&authority]));
        let other = ["b".to_owned(), "a".to_owned()];
        assert_eq!(due(&whole, &other, &ours, START), None, "their order says nothing");
        assert_eq!(due(&whole, &names[..1], &ours, START), Some("its names changed"));
        // Of the same name, as every authority of ours is.
        let another = Authority::make(START, YEARS).unwrap();
        assert_eq!(due(&whole, &names, &trusted(&[&another]), START), Some("its authority changed"));
        whole.data.as_mut().unwrap().remove("tls.key");
        assert_eq!(due(&whole, &names, &ours, START), Some("there was no key"));
        assert_eq!(due(&Secret::default(), &names, &ours, START), Some("there was no certificate"));
    }

    #[test]
    fn a_new_authority_leaves_old_leaves_alone_for_a_month_unless_they_are_all_but_over() {
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
