//! The texts about faults on demand.

use estore_contract::{
    demo::{FaultKind, FaultOrigin, FaultOutcome, FaultTarget},
    verification::Locale,
};

use super::topology::part;
use crate::texts::texts;

texts! {
    /// The texts about faults on demand.
    Faults {
        name: "Chaos, which causes faults,", "Chaos, das Störungen auslöst,";
        pods: "It acts on the pods of this namespace.", "Es wirkt auf die Pods dieses Namespace.";
        processes: "It acts on the processes of this machine.", "Es wirkt auf die Prozesse dieser Maschine.";
        active: "In progress", "Laufend";
        none: "Nothing is disturbed right now.", "Gerade ist nichts gestört.";
        left: "left", "übrig";
        seconds: "Seconds", "Sekunden";
        end_all: "End all faults", "Alle Störungen beenden";
        timetable: "Timetable", "Zeitplan";
        timetable_hint: "Causes faults at random. The same seed gives the same sequence.", "Löst Störungen zufällig aus. Der gleiche Startwert ergibt die gleiche Folge.";
        seed: "Seed", "Startwert";
        min_pause: "Shortest pause (s)", "Kürzeste Pause (s)";
        max_pause: "Longest pause (s)", "Längste Pause (s)";
        start: "Start the timetable", "Zeitplan starten";
        stop: "End the timetable", "Zeitplan beenden";
        follows: "The timetable runs: seed", "Der Zeitplan läuft: Startwert";
        pauses: "pauses", "Pausen";
        events: "Last events", "Letzte Ereignisse";
        no_events: "Nothing was disturbed yet.", "Es wurde noch nichts gestört.";
        failed: "The fault could not be caused:", "Die Störung ließ sich nicht auslösen:";
        wrong_seconds: "The seconds must be a whole number from 1 to", "Die Sekunden müssen eine ganze Zahl sein, von 1 bis";
        wrong_timetable: "The seed must be a whole number. The pauses must be 1 to 3600 s, and the longest at least the shortest.", "Der Startwert muss eine ganze Zahl sein. Die Pausen müssen 1 bis 3600 s dauern, die längste mindestens so lang wie die kürzeste.";
    }
}

/// Names a kind of fault, as its button does.
pub(crate) const fn kind(kind: FaultKind, locale: Locale) -> &'static str {
    match (kind, locale) {
        (FaultKind::Kill, Locale::En) => "Kill",
        (FaultKind::Kill, Locale::De) => "Abschießen",
        (FaultKind::Freeze, Locale::En) => "Freeze",
        (FaultKind::Freeze, Locale::De) => "Einfrieren",
        (FaultKind::GatewaySlow, Locale::En) => "Card gateway answers late",
        (FaultKind::GatewaySlow, Locale::De) => "Karten-Gateway antwortet spät",
        (FaultKind::GatewayAnswersLost, Locale::En) => "Answers of the card gateway are lost",
        (FaultKind::GatewayAnswersLost, Locale::De) => "Antworten des Karten-Gateways gehen verloren",
        (FaultKind::GatewayDeclines, Locale::En) => "Card gateway declines every card",
        (FaultKind::GatewayDeclines, Locale::De) => "Karten-Gateway lehnt jede Karte ab",
        (FaultKind::MailDown, Locale::En) => "Mail server is down",
        (FaultKind::MailDown, Locale::De) => "Mailserver ist aus",
        (FaultKind::Apart, Locale::En) => "Payment cannot reach Inventory",
        (FaultKind::Apart, Locale::De) => "Payment erreicht Inventory nicht",
    }
}

/// Names the part that a fault hits. A kind that always hits the same part names it itself.
pub(crate) fn target(kind: FaultKind, target: FaultTarget) -> &'static str {
    match kind {
        FaultKind::Kill | FaultKind::Freeze => part(target.as_str()),
        _ => "",
    }
}

pub(crate) const fn origin(by: FaultOrigin, locale: Locale) -> &'static str {
    match (by, locale) {
        (FaultOrigin::Button, Locale::En) => "button",
        (FaultOrigin::Button, Locale::De) => "Knopf",
        (FaultOrigin::Api, _) => "API",
        (FaultOrigin::Timetable, Locale::En) => "timetable",
        (FaultOrigin::Timetable, Locale::De) => "Zeitplan",
    }
}

pub(crate) const fn outcome(outcome: FaultOutcome, locale: Locale) -> &'static str {
    match (outcome, locale) {
        (FaultOutcome::Running, Locale::En) => "in progress",
        (FaultOutcome::Running, Locale::De) => "läuft",
        (FaultOutcome::Done, Locale::En) => "done",
        (FaultOutcome::Done, Locale::De) => "vorbei",
        (FaultOutcome::Failed, Locale::En) => "failed",
        (FaultOutcome::Failed, Locale::De) => "misslungen",
    }
}
