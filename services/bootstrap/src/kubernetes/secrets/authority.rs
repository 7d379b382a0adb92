//! The Secret of the CA: `ca.crt`, a bundle with the newest CA first, and `ca.key`, the key of the
//! newest.

use anyhow::{Context, Result};
use k8s_openapi::api::core::v1::Secret;
use time::{Duration, OffsetDateTime};

use super::{Done, Secrets, Want, bytes, text};
use crate::{
    certificates::{Authority, Seen},
    exit::Wrong,
};

const LIFE: Duration = Duration::days(3652);
/// The time that is left for old certificates, which last a year, and for pods that know only the
/// old CA.
const RENEWED_BEFORE: Duration = Duration::days(730);

/// The CA as its Secret contains it.
pub(super) struct Kept {
    /// The newest CA, which signs.
    pub(super) authority: Authority,
    /// All trusted CA certificates, the newest first.
    pub(super) all: Vec<Seen>,
    /// The same certificates, in PEM.
    pub(super) bundle: String,
}

/// Creates the CA if there is none. If it has less than two years left, creates a new one beside
/// the old one.
pub(super) async fn ensure(secrets: &Secrets, name: &str, now: OffsetDateTime) -> Result<(Kept, Done)> {
    secrets
        .settle(name, |found| {
            let new = |before: &[Seen]| {
                let authority = Authority::make(now, LIFE)?;
                let old = before.iter().filter(|old| old.left(now) > Duration::ZERO).map(Seen::pem);
                let bundle: String = std::iter::once(authority.certificate().to_owned()).chain(old).collect();
                anyhow::Ok(Kept { all: Seen::all(&bundle)?, authority, bundle })
            };
            let put = |secret: &mut Secret, kept: &Kept| {
                let data = secret.data.get_or_insert_default();
                data.insert("ca.crt".to_owned(), bytes(kept.bundle.as_str()));
                data.insert("ca.key".to_owned(), bytes(kept.authority.key()));
            };
            let mut secret = match found {
                None => secrets.fresh(name, "Opaque", std::collections::BTreeMap::default()),
                Some(found) => Box::new(found.clone()),
            };
            let (kept, done) = match read(&secret)? {
                None if found.is_none() => (new(&[])?, Done::Made),
                None => (new(&[])?, Done::KeyAdded(vec!["ca.crt".to_owned(), "ca.key".to_owned()])),
                Some(kept) if is_due(&kept.all, now) => {
                    (new(&kept.all)?, Done::Renewed("less than two years were left".to_owned()))
                }
                Some(kept) => return Ok(Want::Keep((kept, Done::Kept))),
            };
            put(&mut secret, &kept);
            Ok(Want::Write(secret, (kept, done)))
        })
        .await
}

fn is_due(all: &[Seen], now: OffsetDateTime) -> bool {
    all.first().is_none_or(|newest| newest.left(now) < RENEWED_BEFORE)
}

/// Reads the CA; `None` if the Secret is empty. A CA with a missing part is an error: it is neither
/// usable nor ours to replace.
fn read(secret: &Secret) -> Result<Option<Kept>> {
    let data = secret.data.as_ref();
    let has = |key: &str| data.is_some_and(|data| data.contains_key(key));
    if !has("ca.crt") && !has("ca.key") {
        return Ok(None);
    }
    let kept = || {
        let bundle = text(secret, "ca.crt").context("ca.crt is missing")?;
        let key = text(secret, "ca.key").context("ca.key is missing")?;
        let all = Seen::all(bundle)?;
        let newest = all.first().context("ca.crt has no certificate")?;
        let authority = Authority::read(&newest.pem(), key)?;
        anyhow::Ok(Kept { authority, all, bundle: bundle.to_owned() })
    };
    kept()
        .map(Some)
        .map_err(|error| Wrong(format!("{error:#}; correct the Secret, or delete it to get a new CA")).into())
}
