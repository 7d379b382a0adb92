//! Names of states and kinds.

use estore_contract::{
    introspection::Role,
    payment::{OrderStatus, OrderStep, RefundStatus, TransactionType},
    user::UserStatus,
    verification::{
        Locale::{self, De, En},
        Purpose, VerificationStatus,
    },
};

/// Names the state of an order.
pub(crate) const fn order_status(status: OrderStatus, locale: Locale) -> &'static str {
    match (status, locale) {
        (OrderStatus::Pending, En) => "In progress",
        (OrderStatus::Pending, De) => "Unterwegs",
        (OrderStatus::Completed, En) => "Completed",
        (OrderStatus::Completed, De) => "Abgeschlossen",
        (OrderStatus::Cancelled, En) => "Cancelled",
        (OrderStatus::Cancelled, De) => "Storniert",
        (OrderStatus::Refunded, En) => "Refunded",
        (OrderStatus::Refunded, De) => "Erstattet",
        (OrderStatus::PartiallyRefunded, En) => "Partially refunded",
        (OrderStatus::PartiallyRefunded, De) => "Teilweise erstattet",
    }
}

/// Names a step of an order.
pub(crate) const fn order_step(step: OrderStep, locale: Locale) -> &'static str {
    match (step, locale) {
        (OrderStep::Accepted, En) => "Accepted",
        (OrderStep::Accepted, De) => "Angenommen",
        (OrderStep::Reserved, En) => "Stock held",
        (OrderStep::Reserved, De) => "Bestand reserviert",
        (OrderStep::Confirming, En) => "Payment authorized, stock being sold",
        (OrderStep::Confirming, De) => "Zahlung genehmigt, Bestand wird verkauft",
        (OrderStep::Completed, En) => "Completed, payment captured",
        (OrderStep::Completed, De) => "Abgeschlossen, Zahlung eingezogen",
        (OrderStep::Cancelling, En) => "Being cancelled",
        (OrderStep::Cancelling, De) => "Wird storniert",
        (OrderStep::Cancelled, En) => "Cancelled",
        (OrderStep::Cancelled, De) => "Storniert",
    }
}

/// Names the kind of a ledger entry.
pub(crate) const fn transaction(kind: TransactionType, locale: Locale) -> &'static str {
    match (kind, locale) {
        (TransactionType::Authorization, En) => "Authorization",
        (TransactionType::Authorization, De) => "Genehmigung",
        (TransactionType::Capture, En) => "Capture",
        (TransactionType::Capture, De) => "Einzug",
        (TransactionType::Void, En) => "Void",
        (TransactionType::Void, De) => "Freigabe",
        (TransactionType::Refund, En) => "Refund",
        (TransactionType::Refund, De) => "Erstattung",
    }
}

/// Names the state of a refund.
pub(crate) const fn refund_status(status: RefundStatus, locale: Locale) -> &'static str {
    match (status, locale) {
        (RefundStatus::Pending, En) => "In progress",
        (RefundStatus::Pending, De) => "Unterwegs",
        (RefundStatus::Completed, En) => "Completed",
        (RefundStatus::Completed, De) => "Abgeschlossen",
        (RefundStatus::Failed, En) => "Rejected",
        (RefundStatus::Failed, De) => "Abgelehnt",
    }
}

/// Names the state of an account.
pub(crate) const fn account_status(status: UserStatus, locale: Locale) -> &'static str {
    match (status, locale) {
        (UserStatus::Active, En) => "Active",
        (UserStatus::Active, De) => "Aktiv",
        (UserStatus::Disabled, En) => "Disabled",
        (UserStatus::Disabled, De) => "Gesperrt",
    }
}

/// Names a role.
pub(crate) const fn role(role: Role, locale: Locale) -> &'static str {
    match (role, locale) {
        (Role::Customer, En) => "Customer",
        (Role::Customer, De) => "Kunde",
        (Role::Admin, En) => "Admin",
        (Role::Admin, De) => "Verwaltung",
    }
}

/// Names the state of an email.
pub(crate) const fn mail_status(status: VerificationStatus, locale: Locale) -> &'static str {
    match (status, locale) {
        (VerificationStatus::Pending, En) => "Waiting",
        (VerificationStatus::Pending, De) => "Wartet",
        (VerificationStatus::Sent, En) => "Sent",
        (VerificationStatus::Sent, De) => "Gesendet",
        (VerificationStatus::Bounced, En) => "Rejected",
        (VerificationStatus::Bounced, De) => "Abgewiesen",
        (VerificationStatus::Verified, En) => "Link used",
        (VerificationStatus::Verified, De) => "Link benutzt",
        (VerificationStatus::Expired, En) => "Link expired",
        (VerificationStatus::Expired, De) => "Link abgelaufen",
    }
}

/// Names the purpose of an email.
pub(crate) const fn purpose(purpose: Purpose, locale: Locale) -> &'static str {
    match (purpose, locale) {
        (Purpose::Email, En) => "Verify an address",
        (Purpose::Email, De) => "Adresse bestätigen",
        (Purpose::EmailChange, En) => "Verify a new address",
        (Purpose::EmailChange, De) => "Neue Adresse bestätigen",
        (Purpose::EmailChangeAsked, En) => "Change of address requested",
        (Purpose::EmailChangeAsked, De) => "Adressänderung angefordert",
        (Purpose::EmailChanged, En) => "Address changed",
        (Purpose::EmailChanged, De) => "Adresse geändert",
        (Purpose::PasswordReset, En) => "New password",
        (Purpose::PasswordReset, De) => "Neues Passwort",
        (Purpose::AlreadyRegistered, En) => "Already registered",
        (Purpose::AlreadyRegistered, De) => "Schon registriert",
        (Purpose::SecurityNotice, En) => "Security notice",
        (Purpose::SecurityNotice, De) => "Sicherheitshinweis",
        (Purpose::OrderConfirmed, En) => "Order completed",
        (Purpose::OrderConfirmed, De) => "Bestellung abgeschlossen",
        (Purpose::OrderRefunded, En) => "Refund",
        (Purpose::OrderRefunded, De) => "Erstattung",
    }
}

/// Names the kind of a movement of stock. An unknown kind keeps its name on the wire.
pub(crate) fn movement(kind: &str, locale: Locale) -> &str {
    match (kind, locale) {
        ("received", En) => "Received",
        ("received", De) => "Eingegangen",
        ("adjusted", En) => "Adjusted",
        ("adjusted", De) => "Korrigiert",
        ("confirmed", En) => "Sold",
        ("confirmed", De) => "Verkauft",
        ("returned", En) => "Returned",
        ("returned", De) => "Zurückgekommen",
        (kind, _) => kind,
    }
}
