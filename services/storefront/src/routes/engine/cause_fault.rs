//! `POST /engine/faults`: a button that causes a fault.

use axum::{extract::State, response::Response};
use estore_contract::demo::{FaultKind, FaultOutcome, FaultRequest, FaultTarget, Requester};
use serde::Deserialize;

use crate::{
    Error,
    app::App,
    pages::engine::{self, Filled},
    session::Flash,
    texts::Texts,
    web::{Post, Visitor},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    /// Kind and target, such as `kill/payment`.
    fault: String,
    seconds: String,
}

/// Reads the kind and the target of a button.
fn fault(text: &str) -> Option<(FaultKind, FaultTarget)> {
    let (kind, target) = text.split_once('/')?;
    Some((kind.parse().ok()?, target.parse().ok()?))
}

/// Reads the duration, or returns the longest one if it is not valid. Faults that are over at once
/// have none.
fn seconds(kind: FaultKind, text: &str) -> Result<Option<u32>, u32> {
    let Some(longest) = kind.longest() else { return Ok(None) };
    text.trim().parse().ok().filter(|seconds| (1..=longest).contains(seconds)).map(Some).ok_or(longest)
}

pub(super) async fn cause(
    State(app): State<App>,
    visitor: Visitor,
    Post(fields): Post<Fields>,
) -> Result<Response, Error> {
    let (kind, target) = fault(&fields.fault).ok_or(Error::BadForm)?;
    let t = &Texts::of(visitor.locale).engine.faults;
    let filled = Filled { seconds: Some(fields.seconds.clone()), ..Filled::default() };
    let seconds = match seconds(kind, &fields.seconds) {
        Ok(seconds) => seconds,
        Err(most) => {
            return engine::mistake(&app, &visitor, format!("{} {most}.", t.wrong_seconds), filled).await;
        }
    };
    let chaos = &engine::engine(&app)?.chaos;
    match chaos.cause(&FaultRequest { kind, target, seconds, by: Some(Requester::Button) }).await {
        Ok(event) if event.outcome == FaultOutcome::Failed => {
            let problem = format!("{} {}", t.failed, event.detail.unwrap_or_default());
            engine::mistake(&app, &visitor, problem, filled).await
        }
        Ok(_event) => engine::done(&app, &visitor, Flash::FaultCaused, "faults").await,
        Err(error) => engine::refused(&app, &visitor, (t.name, &error), filled).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn button_names_a_fault_and_its_target() {
        assert_eq!(fault("kill/payment"), Some((FaultKind::Kill, FaultTarget::Payment)));
        for wrong in ["", "kill", "kill/", "kill/nobody", "explode/payment", "kill/payment/now"] {
            assert_eq!(fault(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn seconds_are_whole_and_bounded_by_kind() {
        assert_eq!(seconds(FaultKind::Kill, "nonsense"), Ok(None));
        assert_eq!(seconds(FaultKind::Freeze, " 60 "), Ok(Some(60)));
        for wrong in ["", "0", "61", "1.5", "-1"] {
            assert_eq!(seconds(FaultKind::Freeze, wrong), Err(60), "{wrong}");
        }
        assert_eq!(seconds(FaultKind::MailDown, "301"), Err(300));
    }
}
