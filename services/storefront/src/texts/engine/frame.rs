//! The texts around the sections of the engine room, and its messages.

use estore_contract::verification::Locale;

use crate::{api::demo::ToolError, texts::texts};

texts! {
    /// The texts around the sections of the engine room.
    Frame {
        title: "Engine room", "Maschinenraum";
        intro: "Break the shop while it sells, and see that no order is lost.", "Stören Sie den Shop, während er verkauft, und sehen Sie, dass keine Bestellung verloren geht.";
        reload: "Reload", "Neu laden";
        sections: "Sections", "Abschnitte";
        topology: "Parts", "Teile";
        faults: "Faults", "Störungen";
        load: "Load", "Last";
        proof: "Proof", "Beweis";
        orders: "Latest orders", "Letzte Bestellungen";
        links: "More", "Mehr";
        stale: "The page cannot reach the shop. It shows the last numbers that it got.", "Die Seite erreicht den Shop nicht. Sie zeigt die letzten Zahlen, die sie bekam.";
        not_shown: "The Payment Service does not show its orders (PUBLIC_ACTIVITY).", "Der Payment-Dienst zeigt seine Bestellungen nicht (PUBLIC_ACTIVITY).";
        orders_away: "The Payment Service does not answer right now. Its orders wait, and go on as soon as it is back.", "Der Payment-Dienst antwortet gerade nicht. Seine Bestellungen warten und gehen weiter, sobald er zurück ist.";
        no_orders: "There is no order yet.", "Es gibt noch keine Bestellung.";
        order: "Order", "Bestellung";
        state: "State", "Stand";
        way: "Way", "Weg";
        total: "Total", "Summe";
        age: "Began", "Begann";
        trace: "Trace", "Trace";
        trace_of: "Trace of order", "Trace der Bestellung";
        grafana: "Grafana: dashboards", "Grafana: Dashboards";
        prometheus: "Prometheus: queries", "Prometheus: Abfragen";
        mailbox: "Mailbox: every email of the shop", "Postfach: alle E-Mails des Shops";
        api_docs: "API", "API";
        fault_caused: "The fault is caused. Watch the orders.", "Die Störung ist ausgelöst. Achten Sie auf die Bestellungen.";
        faults_ended: "All faults and the timetable are ended.", "Alle Störungen und der Zeitplan sind beendet.";
        timetable_set: "The timetable causes faults from now on.", "Der Zeitplan löst ab jetzt Störungen aus.";
        timetable_ended: "The timetable is ended. Faults in progress end by themselves.", "Der Zeitplan ist beendet. Laufende Störungen enden von selbst.";
        load_set: "The load is set.", "Die Last ist eingestellt.";
    }
}

/// Says that a component gave no answer, and which.
pub(crate) fn tool(name: &str, error: &ToolError, locale: Locale) -> String {
    match (error, locale) {
        (ToolError::NotRunning, Locale::En) => format!("{name} is not running in this shop."),
        (ToolError::NotRunning, Locale::De) => format!("{name} läuft in diesem Shop nicht."),
        (ToolError::Away, Locale::En) => format!("{name} does not answer right now."),
        (ToolError::Away, Locale::De) => format!("{name} antwortet gerade nicht."),
        (ToolError::Refused(body), Locale::En) => format!("{name} refused: {}", body.message),
        (ToolError::Refused(body), Locale::De) => format!("{name} hat abgelehnt: {}", body.message),
    }
}

/// Writes that something was so long ago.
pub(crate) fn ago(span: &str, locale: Locale) -> String {
    match locale {
        Locale::En => format!("{span} ago"),
        Locale::De => format!("vor {span}"),
    }
}
