//! Reconciles one entry: makes the shop match the object.

use std::{sync::Arc, time::Duration};

use estore_base::clock::{Clock, SystemClock};
use estore_client::{PeerClient, PeerError};
use estore_contract::inventory::CatalogImported;
use http::Method;
use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Time, jiff::Timestamp};
use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams},
    runtime::{
        controller::Action,
        events::{Event, EventType, Recorder},
        finalizer::{self, finalizer},
        reflector::Store,
    },
};
use serde_json::json;

use super::{super::Place, backoff::Attempts, entry::Entry, outcome::Outcome};

/// The finalizer that keeps an object until the shop has withdrawn it.
pub(super) const FINALIZER: &str = "shop.estore.dev/archive";
/// The time that the Inventory Service has for one entry.
const LIMIT: Duration = Duration::from_secs(10);
/// The time until the next check of a missing dependency.
const WAIT: Duration = Duration::from_secs(15);

/// The tools of the operator for one kind.
pub(super) struct Context<K: Entry> {
    kind: &'static str,
    pub(super) api: Api<K>,
    /// All objects of the kind.
    store: Option<Store<K>>,
    inventory: PeerClient,
    recorder: Recorder,
    resync: Duration,
    attempts: Attempts,
}

/// The reason why a step is retried.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Kube(#[from] kube::Error),
    #[error("{0}")]
    Unknown(String),
    /// The status of the object shows it; the object stays until it can be deleted.
    #[error("{0}")]
    Waiting(String),
}

type Error = finalizer::Error<Failure>;

impl<K: Entry> Context<K> {
    pub(super) fn new(
        kind: &'static str,
        place: &Place,
        inventory: PeerClient,
        recorder: Recorder,
        resync: Duration,
    ) -> Self {
        let api = Api::namespaced(place.client.clone(), &place.namespace);
        Self { kind, api, store: None, inventory, recorder, resync, attempts: Attempts::default() }
    }

    pub(super) fn reading(self, store: Store<K>) -> Self {
        Self { store: Some(store), ..self }
    }

    /// Returns the name of an older object with the same key. Two such objects would overwrite each
    /// other forever.
    fn elder(&self, object: &K) -> Option<String> {
        let age =
            |object: &K| (object.meta().creation_timestamp.clone().map(|time| time.0), object.name_any());
        let all = self.store.as_ref()?.state();
        let same = all.iter().filter(|other| other.key() == object.key() && age(other) < age(object));
        same.map(|other| age(other)).min().map(|(_, name)| name)
    }

    async fn apply(&self, object: &K) -> Result<Action, Failure> {
        let outcome = match self.elder(object) {
            Some(elder) => Outcome::Waiting("Duplicate", format!("{elder} already defines {}", object.key())),
            None => match object.lines() {
                Err(problem) => Outcome::Refused(problem),
                Ok(lines) => {
                    let mut body = Vec::new();
                    for line in &lines {
                        let line =
                            serde_json::to_vec(line).map_err(|error| Failure::Unknown(error.to_string()))?;
                        body.extend(line);
                        body.push(b'\n');
                    }
                    let sent = self
                        .inventory
                        .upload::<CatalogImported>("/internal/catalog", "application/x-ndjson", body, LIMIT)
                        .await;
                    sent.map_or_else(|error| Outcome::of(&error), |_| Outcome::Ready)
                }
            },
        };
        self.tell(object, &outcome).await?;
        match outcome {
            Outcome::Ready | Outcome::Refused(_) => {
                self.attempts.done(&object.name_any());
                Ok(Action::requeue(self.resync))
            }
            Outcome::Waiting(..) => Ok(Action::requeue(WAIT.min(self.resync))),
            Outcome::Unknown(reason) => Err(Failure::Unknown(reason)),
        }
    }

    async fn withdraw(&self, object: &K) -> Result<Action, Failure> {
        // If another object has the same key, the entry stays in the shop.
        let twin = self.store.iter().flat_map(Store::state).any(|other| {
            other.key() == object.key()
                && other.uid() != object.uid()
                && other.meta().deletion_timestamp.is_none()
        });
        let gone: Result<(), PeerError> = if twin {
            Ok(())
        } else {
            self.inventory.call(Method::DELETE, &object.path(), None::<&()>).await
        };
        match gone.map_err(|error| Outcome::of(&error)) {
            Ok(()) => {
                self.attempts.done(&object.name_any());
                self.event(object, EventType::Normal, "Withdrawn", "removed from the shop").await;
                Ok(Action::await_change())
            }
            Err(outcome) => {
                self.tell(object, &outcome).await?;
                match outcome {
                    Outcome::Unknown(reason) => Err(Failure::Unknown(reason)),
                    other => Err(Failure::Waiting(other.message().to_owned())),
                }
            }
        }
    }

    /// Writes a new outcome to the status of the object, and publishes an event. Does nothing if
    /// the outcome is the same.
    async fn tell(&self, object: &K, outcome: &Outcome) -> Result<(), Failure> {
        let now = Timestamp::from_second(SystemClock.now().unix_timestamp()).unwrap_or_default();
        let Some(status) = outcome.told(object.status(), object.meta().generation, Time(now)) else {
            return Ok(());
        };
        let patch = Patch::Merge(json!({ "status": status }));
        self.api.patch_status(&object.name_any(), &PatchParams::default(), &patch).await?;
        let kind = if *outcome == Outcome::Ready { EventType::Normal } else { EventType::Warning };
        self.event(object, kind, outcome.reason(), outcome.message()).await;
        tracing::info!(
            kind = self.kind,
            name = object.name_any(),
            reason = outcome.reason(),
            "object status changed"
        );
        Ok(())
    }

    async fn event(&self, object: &K, type_: EventType, reason: &str, note: &str) {
        let event = Event {
            type_,
            reason: reason.to_owned(),
            note: Some(note.chars().take(300).collect()),
            action: "Reconcile".to_owned(),
            secondary: None,
        };
        // Events are for people; the status is authoritative.
        if let Err(error) = self.recorder.publish(&event, &object.object_ref(&())).await {
            tracing::debug!(%error, "cannot publish an event; dropped");
        }
    }
}

pub(super) async fn reconcile<K: Entry>(object: Arc<K>, context: Arc<Context<K>>) -> Result<Action, Error> {
    finalizer(&context.api, FINALIZER, object, async |event| match event {
        finalizer::Event::Apply(object) => context.apply(&object).await,
        finalizer::Event::Cleanup(object) => context.withdraw(&object).await,
    })
    .await
}

/// Chooses the time of the next try.
pub(super) fn again<K: Entry>(object: &K, error: &Error, context: &Context<K>) -> Action {
    match error {
        finalizer::Error::ApplyFailed(Failure::Waiting(_))
        | finalizer::Error::CleanupFailed(Failure::Waiting(_)) => Action::requeue(WAIT.min(context.resync)),
        _ => Action::requeue(context.attempts.failed(&object.name_any())),
    }
}
