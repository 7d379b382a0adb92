//! `bootstrap release`: removes the finalizer of the operator from every object, for use when no
//! operator runs any more. Otherwise Kubernetes could never delete these objects, nor their
//! namespace.

use anyhow::Result;
use estore_base::config::Env;
use kube::{
    Api, ResourceExt,
    api::{ListParams, Patch, PatchParams},
};
use serde_json::json;

use super::{
    super::{ApiFailure, Place, ask, unless_stopped},
    entry::Entry,
    reconcile::FINALIZER,
    resources::{Category, Product},
};
use crate::say;

/// Releases the objects of the namespace `POD_NAMESPACE`. Their entries stay in the shop.
pub async fn run(env: &Env) -> Result<()> {
    let work = async {
        let place = Place::from_env(env).await?;
        let released = release::<Product>(&place).await? + release::<Category>(&place).await?;
        say(&format!("{released} objects released: they can be deleted without the operator"))?;
        Ok(())
    };
    unless_stopped(work).await
}

/// Removes the finalizer from all objects of one kind; returns their number.
async fn release<K: Entry>(place: &Place) -> Result<usize> {
    let api: Api<K> = Api::namespaced(place.client.clone(), &place.namespace);
    let (all, parameters) = (ListParams::default(), PatchParams::default());
    let mut released = 0;
    loop {
        // Reads metadata alone: this also releases an object whose content is no longer readable.
        let found = match ask(|| api.list_metadata(&all)).await {
            // The kind is not defined here.
            Err(ApiFailure::Absent(_)) => return Ok(released),
            found => found?,
        };
        let mut changed = false;
        for object in found.items.iter().filter(|object| is_held(object.finalizers())) {
            let others: Vec<_> = object.finalizers().iter().filter(|name| *name != FINALIZER).collect();
            let patch = Patch::Merge(json!({"metadata": {
                "finalizers": others, "resourceVersion": object.resource_version(),
            }}));
            let name = object.name_any();
            match ask(|| api.patch_metadata(&name, &parameters, &patch)).await {
                Ok(_) => released += 1,
                Err(ApiFailure::Absent(_)) => {}
                // It has changed since it was listed.
                Err(ApiFailure::Conflict(_)) => changed = true,
                Err(error) => return Err(error.into()),
            }
        }
        if !changed {
            return Ok(released);
        }
    }
}

fn is_held(finalizers: &[String]) -> bool {
    finalizers.iter().any(|name| name == FINALIZER)
}
