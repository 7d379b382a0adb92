//! `POST /checkout`: places the order of the form, once.

use axum::{extract::State, response::Response};
use estore_contract::{
    PaymentMethodId,
    payment::{Order, OrderRequest, PaymentMethodRequest},
    user::{Address, AddressBody},
};

use crate::{
    Error,
    api::ApiError,
    app::App,
    checkout::{self, Attempt, CheckoutFields, Choice, Contents, Outcome, Refusal, take_out},
    forms::{CardFields, Wrong, Wrongs},
    pages::{
        self,
        checkout::{Form, Why},
    },
    session::Flash,
    web::{Post, Shopper},
};

/// The result of one step with the form.
enum Step<T> {
    Goes(T),
    /// The form is shown again.
    Stops(Why, Wrongs),
}

pub(super) async fn place(
    State(app): State<App>,
    shopper: Shopper,
    Post(mut fields): Post<CheckoutFields>,
) -> Result<Response, Error> {
    let contents = fields.contents().ok_or(Error::BadForm)?;
    let id = contents.key.order_of(shopper.user_id()?);
    let new_address = match fields.address(&mut Wrongs::default()) {
        Some(Choice::New(body)) if fields.saves_address() => Some(body),
        _ => None,
    };
    let (why, wrongs) = match send(&shopper, &contents, &mut fields).await? {
        Step::Goes(Outcome::Placed { order, is_repeat }) => {
            return arrive(&app, &shopper, &contents, &order, is_repeat, new_address).await;
        }
        Step::Goes(Outcome::Refused(refusal)) => (Why::Refused(refusal), Wrongs::default()),
        Step::Goes(Outcome::Unknown) => (Why::Unknown(contents.total), Wrongs::default()),
        Step::Stops(why, wrongs) => (why, wrongs),
    };
    let mut key = contents.key;
    if let Why::Refused(refusal) = &why {
        let is_spent = match shopper.payment().find_order(id).await {
            // An earlier request placed the order that the visitor looks for, although this one was
            // refused, such as for its rate.
            Ok(Some(order)) if order.failure.is_none() => {
                return arrive(&app, &shopper, &contents, &order, true, None).await;
            }
            Ok(Some(_)) => true,
            // A key that made no order stays, so that an earlier request still in progress and the
            // next one make one order.
            Ok(None) | Err(ApiError::Answered(_)) => matches!(refusal, Refusal::KeyUsed(_)),
            Err(ApiError::Away(_)) => false,
        };
        if is_spent {
            key = Attempt::begin(&shopper.jar, app.clock.as_ref()).key;
        }
    }
    let lines = contents.lines;
    pages::checkout::show(&shopper, Form { key, lines, fields, wrongs, why }).await
}

/// Saves what is new, and places the order.
async fn send(
    shopper: &Shopper,
    contents: &Contents,
    fields: &mut CheckoutFields,
) -> Result<Step<Outcome>, Error> {
    let mut wrongs = Wrongs::default();
    let (address, card) = (fields.address(&mut wrongs), fields.card(&mut wrongs));
    let (Some(address), Some(card)) = (address, card) else { return Ok(Step::Stops(Why::Wrong, wrongs)) };
    let shipping_address = match address {
        Choice::New(body) => body.address,
        Choice::Saved(id) => {
            let saved = shopper.user().addresses().await?.into_iter().find(|saved| saved.id == id);
            let Some(saved) = saved else {
                wrongs.add("address", Wrong::Choice);
                return Ok(Step::Stops(Why::Wrong, wrongs));
            };
            saved.address
        }
    };
    let payment_method_id = match card {
        Choice::Saved(id) => id,
        Choice::New(card) => match save(shopper, contents, &card).await? {
            Step::Goes(id) => id,
            Step::Stops(why, wrongs) => return Ok(Step::Stops(why, wrongs)),
        },
    };
    // The form that is shown again has the card as a saved one.
    fields.card = payment_method_id.to_string();
    let request = request(contents, payment_method_id, shipping_address);
    let id = contents.key.order_of(shopper.user_id()?);
    Ok(Step::Goes(checkout::place(&shopper.payment(), contents.key, id, &request).await?))
}

/// Saves the card of the form. A repeat of the form saves it once. Another card in the same form is
/// saved as another one, but the order still has one key, and is placed once.
async fn save(
    shopper: &Shopper,
    contents: &Contents,
    card: &PaymentMethodRequest,
) -> Result<Step<PaymentMethodId>, Error> {
    let mut wrongs = Wrongs::default();
    let mut why = Why::Refused(Refusal::KeyUsed(None));
    for key in contents.key.for_cards() {
        why = match shopper.payment().save_card(&key, card).await {
            Ok(saved) => return Ok(Step::Goes(saved.id)),
            Err(error) if matches!(error.code(), "idempotency_key_reused" | "payment_method_deleted") => {
                continue;
            }
            Err(error) if error.is(401) => return Err(error.into()),
            Err(error) if CardFields::note(&mut wrongs, &error) => Why::Wrong,
            Err(ApiError::Answered(body)) if body.code != "outcome_unknown" => {
                Why::Refused(Refusal::of(&body))
            }
            Err(_unknown) => Why::Unknown(contents.total),
        };
        break;
    }
    Ok(Step::Stops(why, wrongs))
}

/// Returns the request of the form. It depends on nothing that changes between two repeats.
fn request(contents: &Contents, payment_method_id: PaymentMethodId, address: Address) -> OrderRequest {
    OrderRequest {
        items: contents.lines.clone(),
        payment_method_id,
        expected_total: Some(contents.total),
        shipping_address: Some(address),
    }
}

/// Empties the basket and leads to the order.
async fn arrive(
    app: &App,
    shopper: &Shopper,
    contents: &Contents,
    order: &Order,
    is_repeat: bool,
    new_address: Option<AddressBody>,
) -> Result<Response, Error> {
    let mine = Attempt { key: contents.key, is_placed: true };
    let current = Attempt::open(&shopper.jar);
    // A repeat of an order that was seen before changes nothing.
    if current != Some(mine) && (!is_repeat || current.is_none_or(|current| current.key == mine.key)) {
        let mut basket = shopper.basket();
        take_out(&mut basket, contents.lines.iter().map(|item| (&item.sku, item.quantity.get())));
        // A shorter basket always fits.
        let _fits = basket.keep(&shopper.jar, &app.config.keys);
        mine.keep(&shopper.jar);
    }
    if let Some(body) = new_address {
        keep_address(shopper, body).await;
    }
    if is_repeat { Flash::OrderFound } else { Flash::OrderPlaced }.keep(&shopper.jar);
    Ok(pages::go_to(&format!("/orders/{}", order.number)))
}

/// Keeps the address of an order in the account, unless it is there.
async fn keep_address(shopper: &Shopper, body: AddressBody) {
    let user = shopper.user();
    let kept = match user.addresses().await {
        Ok(saved) if saved.iter().any(|saved| saved.address == body.address) => Ok(()),
        Ok(_) => user.add_address(&body).await.map(|_saved| ()),
        Err(error) => Err(error),
    };
    if let Err(error) = kept {
        tracing::warn!(%error, "address was not kept; the order has it");
    }
}
