//! Secrets of passwords and keys.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Done, Secrets, Want, bytes, values::Kind};

/// Creates the Secret `name`, or its missing keys. An existing key keeps its value, whatever that
/// is.
pub(super) async fn ensure(secrets: &Secrets, name: &str, keys: &BTreeMap<String, Kind>) -> Result<Done> {
    let decide = |found: Option<&_>| {
        let Some(found) = found else {
            let data = keys.iter().map(|(key, kind)| (key.clone(), bytes(kind.make()))).collect();
            return Ok(Want::Write(secrets.fresh(name, "Opaque", data), Done::Made));
        };
        let mut whole: k8s_openapi::api::core::v1::Secret = Clone::clone(found);
        let data = whole.data.get_or_insert_default();
        let missing: Vec<_> = keys.iter().filter(|(key, _)| !data.contains_key(*key)).collect();
        if missing.is_empty() {
            return Ok(Want::Keep(Done::Kept));
        }
        data.extend(missing.iter().map(|(key, kind)| ((*key).clone(), bytes(kind.make()))));
        let added = missing.into_iter().map(|(key, _)| key.clone()).collect();
        Ok(Want::Write(Box::new(whole), Done::KeyAdded(added)))
    };
    secrets.settle(name, decide).await
}
