//! The page of the checkout, as both of its handlers show it.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::{
    Money, Sku,
    inventory::Product,
    payment::{OrderItem, PaymentMethod},
    user::SavedAddress,
};
use tokio::join;

use super::{Frame, Tone, labels, show_with, soon};
use crate::{
    Error,
    api::{ApiError, Service},
    checkout::{Attempt, CheckoutFields, Contents, Key, Refusal, Summary},
    forms::{CountryName, Wrongs, countries},
    texts::{self, Texts},
    web::Visitor,
};

/// The form that is shown.
pub(crate) struct Form {
    pub(crate) key: Key,
    pub(crate) lines: Vec<OrderItem>,
    pub(crate) fields: CheckoutFields,
    pub(crate) wrongs: Wrongs,
    pub(crate) why: Why,
}

/// The reason why the form is shown.
pub(crate) enum Why {
    /// The visitor has just come.
    New,
    /// A field is wrong.
    Wrong,
    /// The shop did not take the order.
    Refused(Refusal),
    /// Nobody answered. The same order, at this total, is asked for again.
    Unknown(Money),
}

/// A message above the form.
struct Message {
    title: &'static str,
    text: String,
    details: Vec<String>,
    link: Option<(&'static str, &'static str)>,
}

/// A saved address or card.
struct Choice {
    id: String,
    text: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "checkout/page.html")]
#[expect(clippy::struct_excessive_bools, reason = "each decides what one part of the page shows")]
struct CheckoutPage {
    page: Frame,
    message: Option<Message>,
    key: Key,
    lines: String,
    total_field: String,
    summary: Summary,
    total: Option<Money>,
    addresses: Vec<Choice>,
    is_new_address: bool,
    saves_address: bool,
    cards: Vec<Choice>,
    is_new_card: bool,
    filled: labels::FilledCard,
    form: CheckoutFields,
    wrongs: Wrongs,
    countries: &'static [CountryName],
    can_order: bool,
    is_repeat: bool,
}

impl CheckoutPage {
    fn short(&self, product: &Product) -> String {
        texts::short(product.available, self.page.locale)
    }
}

impl Form {
    /// Returns the form of a visitor who comes to the checkout.
    pub(crate) fn new(attempt: Attempt, lines: Vec<OrderItem>) -> Self {
        let (fields, wrongs) = (CheckoutFields::default(), Wrongs::default());
        Self { key: attempt.key, lines, fields, wrongs, why: Why::New }
    }
}

/// Shows the form with saved addresses and cards, and the prices of now.
pub(crate) async fn show(visitor: &Visitor, form: Form) -> Result<Response, Error> {
    let (user, payment, inventory) = (visitor.user(), visitor.payment(), visitor.inventory());
    let skus: Vec<_> = form.lines.iter().map(|item| item.sku.clone()).collect();
    let (addresses, cards, products) = if matches!(form.why, Why::Unknown(_)) {
        // The form that asks again works without them, and the visitor has waited before.
        join!(
            soon(Service::User, user.addresses()),
            soon(Service::Payment, payment.cards()),
            soon(Service::Inventory, inventory.by_skus(&skus)),
        )
    } else {
        join!(user.addresses(), payment.cards(), inventory.by_skus(&skus))
    };
    let (addresses, cards, products) = (
        spared(&form.why, Service::User, addresses),
        spared(&form.why, Service::Payment, cards),
        spared(&form.why, Service::Inventory, products),
    );
    let mut page = Frame::titled(visitor, |t| t.checkout.title);
    let (addresses, cards) = (page.part(addresses)?, page.part(cards)?);
    let has_payment = cards.is_some();
    let summary = Summary::of(&form.lines, page.part(products)?);
    let Form { key, lines, fields, wrongs, why } = form;
    if matches!(why, Why::Wrong) {
        page.notice(Tone::Bad, page.t.common.check_fields);
    }
    let (status, message) = (status(&why), message(&why, key, &summary, visitor));
    // A repeat asks for the same as before, so that it finds the same order.
    let (total, is_repeat) = match why {
        Why::Unknown(total) => (Some(total), true),
        _ => (summary.total, false),
    };
    let (lines, total_field) = total.map(|total| Contents::fields(&lines, total)).unwrap_or_default();
    let (locale, now, t) = (visitor.locale, visitor.app.clock.now(), &page.t.checkout);
    let address = |saved: &SavedAddress| (saved.id.to_string(), labels::saved_address(saved, locale));
    let card = |card: &PaymentMethod| (card.id.to_string(), labels::card(&card.details, now, locale));
    let is_good = |card: &PaymentMethod| !labels::is_expired(&card.details, now);
    let addresses = choices(&fields.address, addresses.as_deref(), address, |_| true, t.chosen_address);
    let cards = choices(&fields.card, cards.as_deref(), card, is_good, t.chosen_card);
    let is_new = |choices: &[Choice]| !choices.iter().any(|choice| choice.is_chosen);
    let shown = CheckoutPage {
        message,
        key,
        lines,
        total_field,
        can_order: is_repeat || (has_payment && summary.is_orderable()),
        is_repeat,
        summary,
        total,
        is_new_address: is_new(&addresses),
        // A first address is worth keeping. Later, the visitor says so.
        saves_address: fields.saves_address() || (addresses.is_empty() && fields.address.is_empty()),
        addresses,
        is_new_card: is_new(&cards),
        cards,
        filled: labels::FilledCard::of(&visitor.app),
        form: fields,
        wrongs,
        countries: countries(locale),
        page,
    };
    show_with(status, visitor, &shown)
}

/// Returns a part of the form. A service that refuses it, such as with 429, counts as away if the
/// visitor has filled the form, so that it is not lost. If the session has ended, the login leads
/// back to it.
fn spared<T>(why: &Why, of: Service, part: Result<T, ApiError>) -> Result<T, ApiError> {
    let is_kept = |error: &ApiError| error.is(401) || matches!(why, Why::New);
    part.map_err(|error| if is_kept(&error) { error } else { ApiError::Away(of) })
}

/// Returns the saved things, with the one of the form chosen, or else the first that can be used.
/// If they cannot be read, the form keeps the one that it has, named `kept`.
fn choices<T>(
    chosen: &str,
    saved: Option<&[T]>,
    label: impl Fn(&T) -> (String, String),
    can_use: impl Fn(&T) -> bool,
    kept: &str,
) -> Vec<Choice> {
    let Some(saved) = saved else {
        let is_saved = !matches!(chosen, "" | "new");
        let choice = || Choice { id: chosen.to_owned(), text: kept.to_owned(), is_chosen: true };
        return is_saved.then(choice).into_iter().collect();
    };
    let first = saved.iter().position(can_use);
    let choice = |(at, saved): (usize, &T)| {
        let (id, text) = label(saved);
        let is_chosen = if chosen.is_empty() { first == Some(at) } else { chosen == id };
        Choice { id, text, is_chosen }
    };
    saved.iter().enumerate().map(choice).collect()
}

fn status(why: &Why) -> StatusCode {
    match why {
        Why::New => StatusCode::OK,
        Why::Wrong => StatusCode::UNPROCESSABLE_ENTITY,
        Why::Refused(Refusal::Declined(_)) => StatusCode::PAYMENT_REQUIRED,
        Why::Refused(Refusal::EmailNotVerified | Refusal::AccountDisabled) => StatusCode::FORBIDDEN,
        Why::Refused(Refusal::TooMany) => StatusCode::TOO_MANY_REQUESTS,
        Why::Refused(_) => StatusCode::CONFLICT,
        Why::Unknown(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn message(why: &Why, key: Key, summary: &Summary, visitor: &Visitor) -> Option<Message> {
    let (locale, t) = (visitor.locale, Texts::of(visitor.locale));
    match why {
        Why::New | Why::Wrong => None,
        Why::Refused(refusal) => Some(Message {
            title: t.checkout.not_placed,
            text: texts::refusal(refusal, locale).to_owned(),
            details: details(refusal, summary, visitor),
            link: link(refusal, t),
        }),
        Why::Unknown(_) => {
            let order = visitor.session.as_ref().map(|session| key.order_of(session.user));
            Some(Message {
                title: t.checkout.unknown_title,
                text: order.map(|id| texts::outcome_unknown(id.number(), locale)).unwrap_or_default(),
                details: Vec::new(),
                link: Some(("/orders", t.common.orders)),
            })
        }
    }
}

/// Returns the products that a refusal is about.
fn details(refusal: &Refusal, summary: &Summary, visitor: &Visitor) -> Vec<String> {
    let name = |sku: &Sku| {
        let row = summary.rows.iter().find(|row| row.sku == *sku);
        row.map_or_else(|| sku.to_string(), |row| row.name().to_owned())
    };
    match refusal {
        Refusal::SoldOut(short) => {
            let line = |short: &crate::checkout::Short| {
                format!("{}: {}", name(&short.sku), texts::short(short.available, visitor.locale))
            };
            short.iter().map(line).collect()
        }
        Refusal::Gone(skus) => skus.iter().map(name).collect(),
        _ => Vec::new(),
    }
}

/// Returns the page on which the visitor can do something about a refusal.
const fn link(refusal: &Refusal, t: &'static Texts) -> Option<(&'static str, &'static str)> {
    match refusal {
        Refusal::SoldOut(_)
        | Refusal::Gone(_)
        | Refusal::TooMuch
        | Refusal::Currencies
        | Refusal::NotChargeable => Some(("/basket", t.checkout.change_basket)),
        Refusal::TooManyCards => Some(("/account/cards", t.account.cards)),
        Refusal::TooMany | Refusal::Cancelled => Some(("/orders", t.common.orders)),
        Refusal::EmailNotVerified => Some(("/account", t.common.account)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(of: &str, saved: Option<&[&str]>) -> Vec<(String, bool)> {
        let label = |id: &&str| ((*id).to_owned(), String::new());
        let choices = choices(of, saved, label, |id| !id.starts_with("expired"), "kept");
        choices.into_iter().map(|choice| (choice.id, choice.is_chosen)).collect()
    }

    #[test]
    fn first_saved_entry_is_chosen_by_default() {
        let is_chosen = |of| chosen(of, Some(&["a", "b"])).into_iter().map(|(_, is_chosen)| is_chosen);
        assert!(is_chosen("").eq([true, false]));
        assert!(is_chosen("b").eq([false, true]));
        assert!(is_chosen("new").eq([false, false]));
    }

    #[test]
    fn expired_card_is_not_chosen_by_default() {
        let is_chosen =
            |of: &str, saved: &[&str]| chosen(of, Some(saved)).into_iter().map(|(_, is_chosen)| is_chosen);
        assert!(is_chosen("", &["expired", "a", "b"]).eq([false, true, false]));
        assert!(is_chosen("", &["expired"]).eq([false]));
        assert!(is_chosen("expired", &["expired", "a"]).eq([true, false]));
    }

    #[test]
    fn choice_is_kept_while_none_can_be_read() {
        assert_eq!(chosen("a", None), [("a".to_owned(), true)]);
        assert_eq!((chosen("new", None), chosen("", None)), (Vec::new(), Vec::new()));
    }
}
