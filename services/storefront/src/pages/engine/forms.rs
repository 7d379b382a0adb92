//! The forms of the engine room: buttons for faults, the timetable, and the load.

use estore_contract::{
    demo::{FaultKind, FaultState, LoadState, Mix},
    verification::Locale,
};

use crate::{
    engine::Snapshot,
    texts::{Texts, engine as words},
};

/// A button that causes a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FaultButton {
    /// Kind and target, such as `kill/payment`.
    pub(crate) value: String,
    pub(crate) label: String,
}

/// Returns a button for each fault that is offered: those that are over at once, and those that
/// take a time.
pub(super) fn buttons(faults: Option<&FaultState>, locale: Locale) -> (Vec<FaultButton>, Vec<FaultButton>) {
    let options = faults.into_iter().flat_map(|faults| &faults.kinds);
    let (timed, at_once): (Vec<_>, Vec<_>) = options.partition(|option| option.durations);
    let button = |option: &estore_contract::demo::FaultOption| FaultButton {
        value: format!("{}/{}", option.kind.as_str(), option.target.as_str()),
        label: label(option.kind, words::target(option.kind, option.target), locale),
    };
    (at_once.into_iter().map(button).collect(), timed.into_iter().map(button).collect())
}

/// Names a fault: `Kill Payment`, `Payment abschießen`.
pub(super) fn label(kind: FaultKind, target: &str, locale: Locale) -> String {
    let kind_name = words::kind(kind, locale);
    match (target, locale) {
        ("", _) => kind_name.to_owned(),
        (target, Locale::En) => format!("{kind_name} {target}"),
        (target, Locale::De) => format!("{target} {}", kind_name.to_lowercase()),
    }
}

/// A weight of the mix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: String,
}

/// The values of the fields, as a visitor wrote them or as they are now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) seconds: Option<String>,
    /// Seed, shortest and longest pause.
    pub(crate) timetable: Option<[String; 3]>,
    pub(crate) orders_per_minute: Option<String>,
    /// The weights, in the order of [`Mix`].
    pub(crate) weights: Option<[String; 6]>,
    pub(crate) mix: Vec<Weight>,
}

impl Filled {
    /// Fills the fields that the visitor did not write.
    pub(super) fn or(self, snapshot: &Snapshot, t: &Texts) -> Self {
        let timetable = snapshot.faults.as_ref().ok().and_then(|faults| faults.timetable);
        let timetable = timetable.map_or(["17".to_owned(), "5".to_owned(), "30".to_owned()], |known| {
            [known.seed.to_string(), known.min_pause_seconds.to_string(), known.max_pause_seconds.to_string()]
        });
        let load = snapshot.load.as_ref().ok();
        let weights = self.weights.clone().unwrap_or_else(|| weights(load).map(|weight| weight.to_string()));
        Self {
            seconds: self.seconds.or_else(|| Some("10".to_owned())),
            timetable: self.timetable.or(Some(timetable)),
            orders_per_minute: self
                .orders_per_minute
                .or_else(|| Some(load.map_or(0, |load| load.orders_per_minute).to_string())),
            mix: mix(&weights, t),
            weights: Some(weights),
        }
    }

    pub(crate) fn seconds(&self) -> &str {
        self.seconds.as_deref().unwrap_or_default()
    }

    /// Returns the seed and the pauses.
    pub(crate) fn timetable(&self) -> [&str; 3] {
        let [seed, min, max] =
            self.timetable.as_ref().map_or(["", "", ""], |known| known.each_ref().map(String::as_str));
        [seed, min, max]
    }

    pub(crate) fn orders_per_minute(&self) -> &str {
        self.orders_per_minute.as_deref().unwrap_or_default()
    }
}

fn weights(load: Option<&LoadState>) -> [u32; 6] {
    load.map_or([0; 6], |load| {
        let Mix { browse, basket, order, decline, cancel, refund } = load.mix;
        [browse, basket, order, decline, cancel, refund]
    })
}

fn mix(weights: &[String; 6], t: &Texts) -> Vec<Weight> {
    let t = &t.engine.load;
    let names = [
        ("browse", t.browse),
        ("basket", t.basket),
        ("order", t.order),
        ("decline", t.decline),
        ("cancel", t.cancel),
        ("refund", t.refund),
    ];
    let weight = |((name, label), value): ((&'static str, &'static str), &String)| Weight {
        name,
        label,
        value: value.clone(),
    };
    names.into_iter().zip(weights).map(weight).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn each_offered_fault_has_a_button() {
        let state: FaultState = from_value(json!({
            "platform": "pods", "active": [], "timetable": null, "events": [],
            "kinds": [
                {"kind": "kill", "target": "payment", "durations": false},
                {"kind": "freeze", "target": "user", "durations": true},
                {"kind": "gateway_slow", "target": "gateway", "durations": true}
            ],
        }))
        .unwrap();
        let (at_once, timed) = buttons(Some(&state), Locale::En);
        assert_eq!(
            at_once,
            [FaultButton { value: "kill/payment".to_owned(), label: "Kill Payment".to_owned() }]
        );
        let labels: Vec<&str> = timed.iter().map(|button| button.label.as_str()).collect();
        assert_eq!(labels, ["Freeze User", "Card gateway answers late"]);
        assert_eq!(buttons(Some(&state), Locale::De).0[0].label, "Payment abschießen");
        assert_eq!(buttons(None, Locale::En), (vec![], vec![]));
    }
}
