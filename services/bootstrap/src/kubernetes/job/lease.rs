//! The Lease by which of two jobs at once one works and one waits. It is a courtesy, which spares two jobs each other's locks: each
//! step can run twice at once, so where a clock is wrong or a job is paused for long nothing breaks.

use std::time::Duration;

use anyhow::Result;
use estore_kit::clock::{Clock, SystemClock};
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
    jiff::Timestamp,
};
use kube::{
    Api,
    api::{ObjectMeta, PostParams},
};
use time::OffsetDateTime;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::super::{ApiFailure, MANAGER, Place, ask};
use crate::{patience::Progress, say};

/// How long a holder that says nothing counts as there.
const SECONDS: i32 = 30;
const RENEWED_EVERY: Duration = Duration::from_secs(10);
const LOOKED_AT_EVERY: Duration = Duration::from_secs(1);

/// Why the work stops, or does not begin; another try may do it.
#[derive(Debug, thiserror::Error)]
pub(super) enum LeaseError {
    #[error("{0} has held the lease {1} all the time")]
    Held(String, String),
    #[error("the lease was lost: {0}")]
    Lost(String),
}

/// A lease that is held, and renewed until it is released.
pub(super) struct Held {
    leases: Leases,
    renewal: JoinHandle<String>,
}

#[derive(Clone)]
struct Leases {
    api: Api<Lease>,
    name: String,
    holder: String,
}

/// What to do about a lease that was read.
#[derive(Debug, PartialEq, Eq)]
enum Claim {
    Take,
    /// By whom it is held.
    Wait(String),
}

fn claim(lease: Option<&LeaseSpec>, holder: &str, now: OffsetDateTime) -> Claim {
    let Some(spec) = lease else { return Claim::Take };
    match spec.holder_identity.as_deref() {
        None | Some("") => Claim::Take,
        // Ours, of before this container was started again.
        Some(other) if other == holder => Claim::Take,
        Some(other) => {
            let renewed = spec.renew_time.as_ref().map_or(i64::MIN, |time| time.0.as_second());
            let until = renewed.saturating_add(i64::from(spec.lease_duration_seconds.unwrap_or(SECONDS)));
            if until < now.unix_timestamp() { Claim::Take } else { Claim::Wait(other.to_owned()) }
        }
    }
}

impl Held {
    /// Waits for the lease `name`, until `deadline`, and takes it.
    pub(super) async fn take(place: &Place, name: &str, holder: &str, deadline: Instant) -> Result<Self> {
        let api = Api::namespaced(place.client.clone(), &place.namespace);
        let leases = Leases { api, name: name.to_owned(), holder: holder.to_owned() };
        let mut progress = Progress::new(&format!("the lease {name}"));
        loop {
            let found = ask(|| leases.api.get_opt(name)).await?;
            let spec = found.as_ref().and_then(|lease| lease.spec.as_ref());
            match claim(spec, holder, SystemClock.now()) {
                Claim::Take => match leases.write(found, Some(holder)).await {
                    Ok(()) => break,
                    Err(ApiFailure::Conflict(_)) => {}
                    Err(error) => return Err(error.into()),
                },
                Claim::Wait(other) => {
                    if Instant::now() > deadline {
                        return Err(LeaseError::Held(other, name.to_owned()).into());
                    }
                    progress.tell(&format!("{other} holds it"));
                    sleep(LOOKED_AT_EVERY).await;
                }
            }
        }
        let renewing = leases.clone();
        let renewal = tokio::spawn(async move {
            let why = renewing.renew().await;
            // The step under way may go on for long; whoever watches knows by then.
            let _unwritable = say(&format!("the lease was lost: {why}"));
            why
        });
        Ok(Self { leases, renewal })
    }

    /// An error where it was lost.
    pub(super) async fn check(&mut self) -> Result<()> {
        if !self.renewal.is_finished() {
            return Ok(());
        }
        let why = (&mut self.renewal).await.unwrap_or_else(|error| error.to_string());
        Err(LeaseError::Lost(why).into())
    }

    /// Lets the next have it at once.
    pub(super) async fn release(self) -> Result<()> {
        self.renewal.abort();
        let leases = self.leases;
        loop {
            let Some(found) = ask(|| leases.api.get_opt(&leases.name)).await? else { return Ok(()) };
            if found.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref()) != Some(&leases.holder) {
                return Ok(());
            }
            match leases.write(Some(found), None).await {
                // The last renewal was still on its way.
                Err(ApiFailure::Conflict(_)) => {}
                written => return Ok(written?),
            }
        }
    }
}

impl Leases {
    /// Writes who holds it, if nothing has changed since `found` was read.
    async fn write(&self, found: Option<Lease>, holder: Option<&str>) -> Result<(), ApiFailure> {
        let parameters = PostParams::default();
        let exists = found.is_some();
        let lease = self.written(found.unwrap_or_default(), holder);
        if exists {
            ask(|| self.api.replace(&self.name, &parameters, &lease)).await?;
        } else {
            ask(|| self.api.create(&parameters, &lease)).await?;
        }
        Ok(())
    }

    fn written(&self, mut lease: Lease, holder: Option<&str>) -> Lease {
        let now = Timestamp::from_nanosecond(SystemClock.now().unix_timestamp_nanos()).ok().map(MicroTime);
        if lease.metadata.name.is_none() {
            let labels = [("app.kubernetes.io/managed-by".to_owned(), MANAGER.to_owned())];
            lease.metadata = ObjectMeta {
                name: Some(self.name.clone()),
                labels: Some(labels.into()),
                ..ObjectMeta::default()
            };
        }
        let spec = lease.spec.get_or_insert_default();
        if holder.is_some() && spec.holder_identity.as_deref() != holder {
            spec.acquire_time.clone_from(&now);
            spec.lease_transitions = Some(spec.lease_transitions.unwrap_or(0).saturating_add(1));
        }
        spec.holder_identity = holder.map(str::to_owned);
        spec.lease_duration_seconds = Some(SECONDS);
        spec.renew_time = now;
        lease
    }

    /// Renews until the lease is lost; answers why.
    async fn renew(self) -> String {
        let mut renewed = Instant::now();
        loop {
            sleep(RENEWED_EVERY).await;
            match self.renew_once().await {
                Ok(()) => renewed = Instant::now(),
                Err(Renewal::Lost(why)) => return why,
                Err(Renewal::Unknown(why))
                    if renewed.elapsed() > Duration::from_secs(SECONDS.unsigned_abs().into()) =>
                {
                    return format!("it could not be renewed ({why})");
                }
                Err(Renewal::Unknown(_)) => {}
            }
        }
    }

    /// One try: whoever asks has no two minutes of patience to lose here.
    async fn renew_once(&self) -> Result<(), Renewal> {
        let unknown = |error: kube::Error| Renewal::Unknown(ApiFailure::from(error).to_string());
        let Some(found) = self.api.get_opt(&self.name).await.map_err(unknown)? else {
            return Err(Renewal::Lost("it was deleted".to_owned()));
        };
        match found.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref()) {
            Some(holder) if holder == self.holder => {}
            other => return Err(Renewal::Lost(format!("{} took it", other.unwrap_or("somebody")))),
        }
        let lease = self.written(found, Some(&self.holder));
        self.api.replace(&self.name, &PostParams::default(), &lease).await.map_err(unknown)?;
        Ok(())
    }
}

enum Renewal {
    Lost(String),
    Unknown(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-01-01 0:01:00 UTC);

    fn held(by: Option<&str>, renewed: i64) -> LeaseSpec {
        LeaseSpec {
            holder_identity: by.map(str::to_owned),
            lease_duration_seconds: Some(30),
            renew_time: Timestamp::from_second(NOW.unix_timestamp() - renewed).ok().map(MicroTime),
            ..LeaseSpec::default()
        }
    }

    #[test]
    fn a_lease_is_taken_where_nobody_holds_it_or_its_holder_fell_silent() {
        assert_eq!(claim(None, "me", NOW), Claim::Take);
        assert_eq!(claim(Some(&held(None, 0)), "me", NOW), Claim::Take, "released");
        assert_eq!(claim(Some(&held(Some(""), 0)), "me", NOW), Claim::Take, "released");
        assert_eq!(claim(Some(&held(Some("me"), 0)), "me", NOW), Claim::Take, "started again");
        assert_eq!(claim(Some(&held(Some("other"), 31)), "me", NOW), Claim::Take);
        assert_eq!(claim(Some(&held(Some("other"), 30)), "me", NOW), Claim::Wait("other".to_owned()));
        assert_eq!(claim(Some(&held(Some("other"), -5)), "me", NOW), Claim::Wait("other".to_owned()));
        let silent = LeaseSpec { holder_identity: Some("other".to_owned()), ..LeaseSpec::default() };
        assert_eq!(claim(Some(&silent), "me", NOW), Claim::Take, "and never renewed");
    }
}
