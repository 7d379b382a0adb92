//! `bootstrap secrets`: the passwords, keys and certificates of a release. It creates missing
//! values only: by a create, or by a replace of exactly the version that it read. So two
//! simultaneous runs agree on one value. With server-side apply each would write its own.

mod authority;
mod leaf;
mod passwords;
mod plan;
mod values;

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, Write},
};

use anyhow::{Context, Result};
use estore_base::{
    clock::{Clock, SystemClock},
    config::Env,
    fail,
};
use k8s_openapi::{ByteString, api::core::v1::Secret};
use kube::{
    Api,
    api::{ObjectMeta, PostParams},
};

use super::{ApiFailure, MANAGER, Place, ask, earlier, unless_stopped};
use crate::config::REPLACED_JOBS;
use plan::Plan;

/// The action on one Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Done {
    Made,
    Kept,
    KeyAdded(Vec<String>),
    Renewed(String),
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made => f.write_str("made"),
            Self::Kept => f.write_str("kept"),
            Self::KeyAdded(keys) => write!(f, "key added ({})", keys.join(", ")),
            Self::Renewed(why) => write!(f, "renewed ({why})"),
        }
    }
}

/// The Secrets of one namespace, and the labels of new ones.
struct Secrets {
    api: Api<Secret>,
    labels: BTreeMap<String, String>,
}

/// Creates the missing Secrets of `SECRETS_PLAN` in `POD_NAMESPACE`, then removes the Jobs of an
/// earlier revision that `REPLACED_JOBS` names. Prints a line for each Secret, and never a value.
pub async fn run(env: &Env) -> Result<()> {
    fail::arm(env)?;
    let plan = Plan::from_env(env)?;
    let replaced: Option<String> = env.optional(&REPLACED_JOBS)?;
    let work = async {
        let place = Place::from_env(env).await?;
        make(&place, &plan).await?;
        let release = plan.labels.get("app.kubernetes.io/instance").map(String::as_str);
        earlier::remove(&place, replaced.as_deref().unwrap_or_default(), release).await
    };
    Box::pin(unless_stopped(work)).await
}

async fn make(place: &Place, plan: &Plan) -> Result<()> {
    let mut labels = plan.labels.clone();
    labels.insert("app.kubernetes.io/managed-by".to_owned(), MANAGER.to_owned());
    let secrets = Secrets { api: Api::namespaced(place.client.clone(), &place.namespace), labels };
    let say = |name: &str, done: Done| writeln!(io::stdout(), "{name}: {done}");
    for (name, keys) in &plan.secrets {
        say(name, passwords::ensure(&secrets, name, keys).await.with_context(|| format!("Secret {name}"))?)?;
    }
    let Some(authority) = &plan.authority else { return Ok(()) };
    let now = SystemClock.now();
    let (kept, done) =
        authority::ensure(&secrets, authority, now).await.with_context(|| format!("Secret {authority}"))?;
    say(authority, done)?;
    for (name, names) in &plan.certificates {
        let done = leaf::ensure(&secrets, name, names, &kept, now).await;
        say(name, done.with_context(|| format!("Secret {name}"))?)?;
    }
    Ok(())
}

/// The decision of a step of [`Secrets::settle`] about a Secret.
enum Want<T> {
    /// Leave it.
    Keep(T),
    /// Write this, if nothing has changed since it was read.
    Write(Box<Secret>, T),
}

impl Secrets {
    /// Reads the Secret `name`, calls `decide` for its wanted content, and writes that. Repeats
    /// this after a conflict.
    async fn settle<T>(&self, name: &str, decide: impl Fn(Option<&Secret>) -> Result<Want<T>>) -> Result<T> {
        loop {
            let found = ask(|| self.api.get_opt(name)).await?;
            let (secret, done) = match decide(found.as_ref())? {
                Want::Keep(done) => return Ok(done),
                Want::Write(secret, done) => (secret, done),
            };
            let parameters = PostParams::default();
            let written = match found {
                None => ask(|| self.api.create(&parameters, &secret)).await,
                // It carries the `resourceVersion` that was read; the API refuses it if that is not
                // the latest.
                Some(_) => ask(|| self.api.replace(name, &parameters, &secret)).await,
            };
            match written {
                Ok(_) => return Ok(done),
                // The object may be our own, if only the answer was lost.
                Err(ApiFailure::Conflict(_)) => {}
                // Deleted since it was read.
                Err(ApiFailure::Absent(_)) if found.is_some() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Builds a new Secret.
    fn fresh(&self, name: &str, kind: &str, data: BTreeMap<String, ByteString>) -> Box<Secret> {
        let metadata = ObjectMeta {
            name: Some(name.to_owned()),
            labels: Some(self.labels.clone()),
            ..ObjectMeta::default()
        };
        Box::new(Secret { metadata, type_: Some(kind.to_owned()), data: Some(data), ..Secret::default() })
    }
}

/// Returns the text of `key`, or `None` if it is missing.
fn text<'a>(secret: &'a Secret, key: &str) -> Option<&'a str> {
    secret.data.as_ref()?.get(key).and_then(|value| std::str::from_utf8(&value.0).ok())
}

fn bytes(text: impl Into<String>) -> ByteString {
    ByteString(text.into().into_bytes())
}
