//! The texts about load on demand.

use crate::texts::texts;

texts! {
    /// The texts about load on demand.
    Load {
        name: "The shopper, which causes load,", "Der Shopper, der Last erzeugt,";
        dial: "Orders a minute, 0 to 3,000", "Bestellungen je Minute, 0 bis 3.000";
        less: "Fewer orders", "Weniger Bestellungen";
        more: "More orders", "Mehr Bestellungen";
        set: "Set", "Einstellen";
        presets: "Or at once", "Oder sofort";
        stop: "Stop", "Stopp";
        mix: "Mix of operations (weights)", "Mischung der Vorgänge (Gewichte)";
        browse: "Browse", "Stöbern";
        basket: "Fill a basket", "Warenkorb füllen";
        order: "Order", "Bestellen";
        decline: "Order with a declined card", "Bestellen mit abgelehnter Karte";
        cancel: "Order and cancel", "Bestellen und stornieren";
        refund: "Order and get a refund", "Bestellen und erstatten lassen";
        wrong: "The orders a minute must be a whole number from 0 to 3,000, and each weight one from 0 to 1,000.", "Die Bestellungen je Minute müssen eine ganze Zahl von 0 bis 3.000 sein, und jedes Gewicht eine von 0 bis 1.000.";
        waits: "The shopper waits until the shop is ready and its buyers are registered.", "Der Shopper wartet, bis der Shop bereit ist und seine Käufer registriert sind.";
        runs: "The shopper sends load.", "Der Shopper erzeugt Last.";
        rests: "The shopper sends no load.", "Der Shopper erzeugt keine Last.";
        wanted: "Wanted, a minute", "Gewünscht, je Minute";
        orders: "Orders", "Bestellungen";
        completed: "Completed", "Abgeschlossen";
        declined: "Declined", "Abgelehnt";
        refused: "Refused", "Zurückgewiesen";
        cancelled: "Cancelled", "Storniert";
        refunds: "Refunds", "Erstattungen";
        unknown: "Outcome still unknown", "Ausgang noch unbekannt";
        requests: "Requests", "Anfragen";
    }
}
