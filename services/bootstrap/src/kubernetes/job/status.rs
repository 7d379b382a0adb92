//! Records the progress of the job in a ConfigMap, and in Events on it.

use std::collections::BTreeMap;

use anyhow::Result;
use estore_base::clock::{Clock, SystemClock};
use k8s_openapi::api::core::v1::{ConfigMap, ObjectReference};
use kube::{
    Api, Resource,
    api::{ObjectMeta, PostParams},
    runtime::events::{Event, EventType, Recorder, Reporter},
};
use time::format_description::well_known::Rfc3339;

use super::super::{ApiFailure, MANAGER, Place, ask};
use crate::steps::Step;

/// The most bytes in the note of an event: 1 kB.
const NOTE: usize = 1000;

pub(super) struct Status {
    api: Api<ConfigMap>,
    name: String,
    labels: BTreeMap<String, String>,
    recorder: Recorder,
    /// The object of the events.
    object: ObjectReference,
}

impl Status {
    /// Finds or creates the ConfigMap `name`.
    pub(super) async fn open(place: &Place, name: &str, pod: &str) -> Result<Self, ApiFailure> {
        let reporter = Reporter { controller: MANAGER.to_owned(), instance: Some(pod.to_owned()) };
        let mut status = Self {
            api: Api::namespaced(place.client.clone(), &place.namespace),
            name: name.to_owned(),
            labels: place.labels.clone(),
            recorder: Recorder::new(place.client.clone(), reporter),
            object: ObjectReference::default(),
        };
        status.object = status.note([("version", Some(env!("CARGO_PKG_VERSION")))]).await?.object_ref(&());
        Ok(status)
    }

    /// Records the result of a step.
    pub(super) async fn step(&self, step: Step, did: &str) -> Result<(), ApiFailure> {
        self.note([(step.key(), Some(did))]).await?;
        self.tell(EventType::Normal, reason(step), did).await;
        Ok(())
    }

    /// Records that all steps are done.
    pub(super) async fn finished(&self) -> Result<(), ApiFailure> {
        let now = SystemClock.now().format(&Rfc3339).unwrap_or_default();
        self.note([("finishedAt", Some(now.as_str())), ("failed", None)]).await?;
        self.tell(EventType::Normal, "Finished", "the stores are prepared").await;
        Ok(())
    }

    /// Records the failed step, and the reason.
    pub(super) async fn failed(&self, why: &str) -> Result<(), ApiFailure> {
        self.note([("failed", Some(why))]).await?;
        self.tell(EventType::Warning, "Failed", why).await;
        Ok(())
    }

    /// Sets or removes keys; the others stay.
    async fn note<const N: usize>(&self, notes: [(&str, Option<&str>); N]) -> Result<ConfigMap, ApiFailure> {
        loop {
            let found = ask(|| self.api.get_opt(&self.name)).await?;
            let exists = found.is_some();
            let mut map = found.unwrap_or_else(|| ConfigMap {
                metadata: ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() },
                ..ConfigMap::default()
            });
            map.metadata.labels.get_or_insert_default().extend(self.labels.clone());
            let data = map.data.get_or_insert_default();
            for (key, value) in notes {
                match value {
                    Some(value) => drop(data.insert(key.to_owned(), value.to_owned())),
                    None => drop(data.remove(key)),
                }
            }
            let parameters = PostParams::default();
            let written = if exists {
                ask(|| self.api.replace(&self.name, &parameters, &map)).await
            } else {
                ask(|| self.api.create(&parameters, &map)).await
            };
            match written {
                Err(ApiFailure::Conflict(_)) => {}
                written => return written,
            }
        }
    }

    /// Publishes an event. A failure to do so does not stop the job.
    async fn tell(&self, type_: EventType, reason: &str, note: &str) {
        let note: String = note
            .chars()
            .scan(0, |size, c| {
                *size += c.len_utf8();
                (*size <= NOTE).then_some(c)
            })
            .collect();
        let event = Event {
            type_,
            reason: reason.to_owned(),
            note: Some(note),
            action: "Bootstrap".to_owned(),
            secondary: None,
        };
        if let Err(error) = self.recorder.publish(&event, &self.object).await {
            let error = ApiFailure::from(error);
            let _unwritable = crate::say(&format!("an event could not be published ({error})"));
        }
    }
}

fn reason(step: Step) -> &'static str {
    match step {
        Step::Databases => "DatabasesReady",
        Step::Migrations => "Migrated",
        Step::Functions => "FunctionsLoaded",
        Step::Epoch => "EpochKnown",
        Step::Admin => "AdminReady",
        Step::Catalogue => "CatalogueSeeded",
    }
}
