//! The texts about the parts of the shop.

use estore_contract::verification::Locale;

use crate::{api::demo::Ready, texts::texts};

texts! {
    /// The texts about the parts of the shop.
    Topology {
        prometheus: "Prometheus", "Prometheus";
        part: "Part", "Teil";
        health: "Health", "Zustand";
        replicas: "Replicas", "Replikate";
        version: "Version", "Version";
        requests: "Requests/s", "Anfragen/s";
        errors: "Errors", "Fehler";
        slowest: "99 % take less than", "99 % brauchen weniger als";
        up: "ready", "bereit";
        failing: "runs, but is not ready", "läuft, ist aber nicht bereit";
        away: "does not answer", "antwortet nicht";
        unknown: "not measured", "nicht gemessen";
        unreached: "not reached by a service", "für einen Dienst nicht erreichbar";
        calls: "Calls a second", "Aufrufe je Sekunde";
        caller: "From", "Von";
        callee: "To", "An";
        rate: "Calls/s", "Aufrufe/s";
        unanswered: "Unanswered", "Ohne Antwort";
        as_table: "Show the calls as a table", "Aufrufe als Tabelle zeigen";
        per_minute: "Orders a minute", "Bestellungen je Minute";
        open: "In progress", "In Arbeit";
        oldest: "Oldest of them", "Älteste davon";
        line: "Orders a minute in the last 15 minutes, with a mark for each fault", "Bestellungen je Minute in den letzten 15 Minuten, mit einer Marke je Störung";
        alerts: "Alerts", "Alarme";
        no_alerts: "No alert fires.", "Kein Alarm ist ausgelöst.";
        fires: "fires", "ausgelöst";
        pending: "may fire soon", "vielleicht bald ausgelöst";
    }
}

/// Names a part of the shop.
pub(crate) fn part(id: &str) -> &str {
    match id {
        "storefront" => "Storefront",
        "user" => "User",
        "verification" => "Verification",
        "inventory" => "Inventory",
        "payment" => "Payment",
        "redis" => "Redis",
        "postgres" => "Postgres",
        "chaos" => "Chaos",
        "shopper" => "Shopper",
        other => other,
    }
}

/// Says how a service stands.
pub(crate) fn ready(ready: &Ready, locale: Locale) -> String {
    let t = &super::super::Texts::of(locale).engine.topology;
    match ready {
        Ready::Up => t.up.to_owned(),
        Ready::Failing(checks) if checks.is_empty() => t.failing.to_owned(),
        Ready::Failing(checks) => format!("{} ({})", t.failing, checks.join(", ")),
        Ready::Away => t.away.to_owned(),
    }
}
