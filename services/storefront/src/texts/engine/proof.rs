//! The texts about the proof that nothing was lost.

use estore_contract::verification::Locale;

use crate::{
    engine::{self, Missing},
    texts::texts,
};

texts! {
    /// The texts about the proof that nothing was lost.
    Proof {
        equation: "What must hold", "Was gelten muss";
        violations: "Violations", "Verletzungen";
        no_audit: "No audit has ended yet.", "Es ist noch keine Prüfung zu Ende.";
        audited: "The last audit ended", "Die letzte Prüfung endete";
        took: "It took", "Sie dauerte";
        runs: "Last audits, oldest first", "Letzte Prüfungen, älteste zuerst";
        clean: "clean", "sauber";
        compared: "Compared by the last audit", "Von der letzten Prüfung verglichen";
        told: "What customers were told", "Was Kunden gesagt wurde";
        operations: "Answers to customers", "Antworten an Kunden";
        orders_compared: "Orders compared with them", "Damit verglichene Bestellungen";
        disagreements: "Contradictions", "Widersprüche";
        offenders: "Contradicting orders", "Widersprechende Bestellungen";
        counts: "The shop, counted", "Der Shop, gezählt";
        placed: "Orders in 24 hours", "Bestellungen in 24 Stunden";
        completed: "Completed of them", "Davon abgeschlossen";
        revenue: "Money taken in 24 hours", "In 24 Stunden eingenommen";
        available: "Units for sale", "Stück zu verkaufen";
        reserved: "Units held for orders", "Stück für Bestellungen zurückgelegt";
        needs_history: "Equations 8 and 10 also need what customers saw. The shopper compares that, and counts outcomes that stay unknown (13).", "Die Gleichungen 8 und 10 brauchen auch, was Kunden sahen. Das vergleicht der Shopper, und er zählt Ergebnisse, die unbekannt bleiben (13).";
    }
}

/// Returns the headline: the promise, if it is proven.
pub(crate) fn headline(proof: &engine::Proof, locale: Locale) -> &'static str {
    match (proof.is_complete(), proof.is_refuted(), locale) {
        (true, _, Locale::En) => "0 lost, 0 double, 0 oversold",
        (true, _, Locale::De) => "0 verloren, 0 doppelt, 0 überverkauft",
        (false, true, Locale::En) => "Something is wrong",
        (false, true, Locale::De) => "Etwas stimmt nicht",
        (false, false, Locale::En) => "Not proven right now",
        (false, false, Locale::De) => "Gerade nicht bewiesen",
    }
}

/// Says what is missing for the proof.
pub(crate) fn missing(missing: Missing, locale: Locale) -> String {
    match (missing, locale) {
        (Missing::Measurements, Locale::En) => {
            "Prometheus, which has the result of the audits, does not answer or does not run.".to_owned()
        }
        (Missing::Measurements, Locale::De) => {
            "Prometheus, das das Ergebnis der Prüfungen hat, antwortet nicht oder läuft nicht.".to_owned()
        }
        (Missing::Audit, Locale::En) => "No audit of the stores has ended yet.".to_owned(),
        (Missing::Audit, Locale::De) => "Noch ist keine Prüfung der Speicher zu Ende.".to_owned(),
        (Missing::OldAudit(minutes), Locale::En) => {
            format!("The last audit of the stores ended {minutes} minutes ago.")
        }
        (Missing::OldAudit(minutes), Locale::De) => {
            format!("Die letzte Prüfung der Speicher endete vor {minutes} Minuten.")
        }
        (Missing::Violations(count), Locale::En) => {
            format!("The last audit found violations: {count}. The table below names their equations.")
        }
        (Missing::Violations(count), Locale::De) => {
            format!("Die letzte Prüfung fand Verletzungen: {count}. Die Tabelle unten nennt die Gleichungen.")
        }
        (Missing::Comparison, Locale::En) => {
            "The shopper, which compares the shop with what customers were told, does not answer or does not run."
                .to_owned()
        }
        (Missing::Comparison, Locale::De) => {
            "Der Shopper, der den Shop mit dem vergleicht, was Kunden gesagt wurde, antwortet nicht oder läuft nicht."
                .to_owned()
        }
        (Missing::ComparedOrders, Locale::En) => {
            "No order was compared with what its customer was told yet.".to_owned()
        }
        (Missing::ComparedOrders, Locale::De) => {
            "Noch wurde keine Bestellung mit dem verglichen, was dem Kunden gesagt wurde.".to_owned()
        }
        (Missing::OldComparison(minutes), Locale::En) => {
            format!("Orders were last compared with what customers were told {minutes} minutes ago.")
        }
        (Missing::OldComparison(minutes), Locale::De) => {
            format!("Bestellungen wurden zuletzt vor {minutes} Minuten mit dem verglichen, was Kunden gesagt wurde.")
        }
        (Missing::Unsettled(count), Locale::En) => {
            format!("Requests of customers whose outcome stayed unknown: {count}.")
        }
        (Missing::Unsettled(count), Locale::De) => {
            format!("Anfragen von Kunden, deren Ergebnis unbekannt blieb: {count}.")
        }
        (Missing::Disagreements(count), Locale::En) => {
            format!("Orders that contradict what their customers were told: {count}.")
        }
        (Missing::Disagreements(count), Locale::De) => {
            format!("Bestellungen, die dem widersprechen, was Kunden gesagt wurde: {count}.")
        }
    }
}

/// Names a kind of thing that the audit counts.
pub(crate) fn kind_of_thing(what: &str, locale: Locale) -> &str {
    match (what, locale) {
        ("orders", Locale::En) => "Orders",
        ("orders", Locale::De) => "Bestellungen",
        ("reservations", Locale::En) => "Reservations",
        ("reservations", Locale::De) => "Reservierungen",
        ("ledger_entries", Locale::En) => "Ledger entries",
        ("ledger_entries", Locale::De) => "Buchungen",
        ("journal", Locale::En) => "Stock movements",
        ("journal", Locale::De) => "Lagerbewegungen",
        ("payments", Locale::En) => "Payments at the gateway",
        ("payments", Locale::De) => "Zahlungen am Gateway",
        ("products", Locale::En) => "Products",
        ("products", Locale::De) => "Produkte",
        (other, _) => other,
    }
}
