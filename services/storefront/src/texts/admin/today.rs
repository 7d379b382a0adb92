//! The texts of the first page of the back office.

use crate::texts::texts;

texts! {
    /// The texts of the first page of the back office.
    Today {
        title: "Today", "Heute";
        last_day: "Last 24 hours", "Letzte 24 Stunden";
        orders: "Orders", "Bestellungen";
        revenue: "Revenue", "Umsatz";
        refunds: "Refunds", "Erstattungen";
        declined: "Declined cards", "Abgelehnte Karten";
        per_hour: "Orders per hour, last 24 hours", "Bestellungen je Stunde, letzte 24 Stunden";
        per_day: "Orders per day", "Bestellungen je Tag";
        revenue_hour: "Revenue per hour, last 24 hours", "Umsatz je Stunde, letzte 24 Stunden";
        revenue_day: "Revenue per day", "Umsatz je Tag";
        hour: "Hour (UTC)", "Stunde (UTC)";
        day: "Day (UTC)", "Tag (UTC)";
        as_table: "Show as a table", "Als Tabelle zeigen";
        days: "Days", "Tage";
        show: "Show", "Zeigen";
        no_numbers: "No sales in this time.", "Keine Verkäufe in dieser Zeit.";
        funnel: "Way of orders", "Weg der Bestellungen";
        funnel_hint: "Orders of the days that the plots show", "Bestellungen der gezeigten Tage";
        step: "Step", "Schritt";
        number: "Number", "Anzahl";
        share: "Share", "Anteil";
        placed: "Placed", "Aufgegeben";
        completed: "Completed", "Abgeschlossen";
        cancelled: "Cancelled for another reason", "Aus anderem Grund storniert";
        open: "Still on their way", "Noch unterwegs";
        declines: "Latest declined orders", "Zuletzt abgelehnte Bestellungen";
        no_declines: "No order was declined lately.", "Zuletzt wurde keine Bestellung abgelehnt.";
        scarce: "Stock that runs out", "Bestand, der ausgeht";
        by_stock: "See all by stock, lowest first", "Alle nach Bestand ansehen, niedrigster zuerst";
        no_scarce: "Every product has ten units or more.", "Jedes Produkt hat mindestens zehn Stück.";
        product: "Product", "Produkt";
        available: "Available", "Verfügbar";
        person: "Needs a person", "Braucht einen Menschen";
        no_person: "Nothing waits for you.", "Nichts wartet auf Sie.";
        stuck: "Order in progress for more than 10 minutes", "Bestellung seit über 10 Minuten unterwegs";
        cut: "Only the latest orders were searched for stuck ones.", "Nur die neuesten Bestellungen wurden nach hängenden durchsucht.";
        in_progress: "Show all orders in progress", "Alle Bestellungen zeigen, die unterwegs sind";
        failed_refund: "Refund was rejected:", "Erstattung wurde abgelehnt:";
        bounced: "Email was rejected", "E-Mail wurde abgewiesen";
    }
}
