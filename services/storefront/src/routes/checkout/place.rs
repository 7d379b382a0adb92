//! `POST /checkout`: places the order of the form, once.

use std::time::Duration;

use axum::response::Response;
use estore_contract::{
    PaymentMethodId,
    payment::{Order, OrderRequest, PaymentMethodRequest, ShippingAddress},
    user::AddressBody,
};
use tokio::time::{Instant, timeout_at};

use crate::{
    Error,
    api::ApiError,
    checkout::{self, Attempt, CheckoutFields, Choice, Contents, Key, Outcome, Refusal},
    forms::{CardFields, Wrong, Wrongs},
    pages::{
        self,
        checkout::{Form, Why},
    },
    session::Flash,
    web::{Kept, Shopper},
};

/// The time within which the order is asked for, with all that comes before it.
const SENT_WITHIN: Duration = Duration::from_secs(10);
/// The time after which nothing else is waited for. A browser waits hardly longer, and an order
/// whose outcome is unknown is found by its key.
const ENDS_WITHIN: Duration = Duration::from_secs(15);
/// The time in which the address of a placed order is kept, for which its page waits.
const KEPT_WITHIN: Duration = Duration::from_secs(2);

/// The result of one step with the form.
enum Step<T> {
    Goes(T),
    /// The form is shown again.
    Stops(Why, Wrongs),
}

pub(super) async fn place(
    Kept(shopper, mut fields): Kept<Shopper, CheckoutFields>,
) -> Result<Response, Error> {
    let (sent_by, ends_by) = (Instant::now() + SENT_WITHIN, Instant::now() + ENDS_WITHIN);
    let contents = fields.contents().ok_or(Error::BadForm)?;
    let id = contents.key.order_of(shopper.user_id()?);
    let new_address = match fields.address(&mut Wrongs::default()) {
        Some(Choice::New(body)) if fields.saves_address() => Some(body),
        _ => None,
    };
    let (why, wrongs) = match send(&shopper, &contents, &mut fields, sent_by).await? {
        Step::Goes(Outcome::Placed { order, is_repeat, is_own }) => {
            let response = arrive(&shopper, contents.key, &order, (is_repeat, is_own));
            let kept_by = ends_by.min(Instant::now() + KEPT_WITHIN);
            if let Some(body) = new_address
                && !keep_address(&shopper, body, kept_by).await
            {
                Flash::AddressNotKept.keep(&shopper.jar);
            }
            return Ok(response);
        }
        Step::Goes(Outcome::Refused(refusal)) => (Why::Refused(refusal), Wrongs::default()),
        Step::Goes(Outcome::Unknown) => (Why::Unknown(contents.total), Wrongs::default()),
        Step::Stops(why, wrongs) => (why, wrongs),
    };
    let mut key = contents.key;
    if let Why::Refused(refusal) = &why {
        let is_spent = match timeout_at(ends_by, shopper.payment().find_order(id)).await {
            // An earlier request placed the order that the visitor looks for, although this one was
            // refused, such as for its rate.
            Ok(Ok(Some(order))) if Refusal::of_order(&order).is_none() => {
                return Ok(arrive(&shopper, contents.key, &order, (true, false)));
            }
            Ok(Ok(Some(_))) => true,
            // A key that made no order stays, so that an earlier request still in progress and the
            // next one make one order. A lost order spends its key, too. If its owner is not known,
            // the visitor cannot read it.
            Ok(Ok(None) | Err(ApiError::Answered(_))) => {
                matches!(refusal, Refusal::KeyUsed(_) | Refusal::Lost)
            }
            Ok(Err(ApiError::Away(_))) | Err(_) => false,
        };
        if is_spent {
            let next = Attempt::after(key, &shopper.jar);
            if next.is_placed {
                // Another tab placed the order. The checkout leads to it, or has what is new.
                return Ok(pages::go_to("/checkout"));
            }
            key = next.key;
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
    deadline: Instant,
) -> Result<Step<Outcome>, Error> {
    let (payment, id) = (shopper.payment(), contents.key.order_of(shopper.user_id()?));
    let request = match timeout_at(deadline, prepare(shopper, contents, fields)).await {
        Ok(Ok(Step::Goes(request))) => request,
        Ok(Ok(Step::Stops(why, wrongs))) => return Ok(Step::Stops(why, wrongs)),
        // An earlier request with the same key may have made the order.
        Ok(Err(ApiError::Away(_))) | Err(_) => return Ok(Step::Goes(checkout::find(&payment, id).await?)),
        Ok(Err(ApiError::Answered(body))) if body.code == "rate_limited" => {
            return Ok(Step::Stops(Why::Refused(Refusal::of(&body)), Wrongs::default()));
        }
        Ok(Err(error)) => return Err(error.into()),
    };
    Ok(Step::Goes(checkout::place(&payment, contents.key, id, &request, deadline).await?))
}

/// Saves the card if it is new, reads the address, and returns the request for the order.
async fn prepare(
    shopper: &Shopper,
    contents: &Contents,
    fields: &mut CheckoutFields,
) -> Result<Step<OrderRequest>, ApiError> {
    let mut wrongs = Wrongs::default();
    let (address, card) = (fields.address(&mut wrongs), fields.card(&mut wrongs));
    let (Some(address), Some(card)) = (address, card) else { return Ok(Step::Stops(Why::Wrong, wrongs)) };
    let payment_method_id = match card {
        Choice::Saved(id) => id,
        Choice::New(card) => match save(shopper, contents, &card).await? {
            Step::Goes(id) => id,
            Step::Stops(why, wrongs) => return Ok(Step::Stops(why, wrongs)),
        },
    };
    // The form that is shown again has the card as a saved one.
    fields.card = payment_method_id.to_string();
    let shipping_address = match address {
        Choice::New(body) => ShippingAddress::new(body.address, body.recipient),
        Choice::Saved(id) => {
            let saved = shopper.user().addresses().await?.into_iter().find(|saved| saved.id == id);
            let Some(saved) = saved else {
                wrongs.add("address", Wrong::Choice);
                return Ok(Step::Stops(Why::Wrong, wrongs));
            };
            ShippingAddress::new(saved.address, saved.recipient)
        }
    };
    Ok(Step::Goes(request(contents, payment_method_id, shipping_address)))
}

/// Saves the card of the form. A repeat of the form saves it once. Another card in the same form is
/// saved as another one, but the order still has one key, and is placed once.
async fn save(
    shopper: &Shopper,
    contents: &Contents,
    card: &PaymentMethodRequest,
) -> Result<Step<PaymentMethodId>, ApiError> {
    let mut wrongs = Wrongs::default();
    let mut why = Why::Refused(Refusal::KeyUsed(None));
    for key in contents.key.for_cards() {
        why = match shopper.payment().save_card(&key, card).await {
            Ok(saved) => return Ok(Step::Goes(saved.id)),
            Err(error) if matches!(error.code(), "idempotency_key_reused" | "payment_method_deleted") => {
                continue;
            }
            Err(error) if error.is(401) => return Err(error),
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
fn request(
    contents: &Contents,
    payment_method_id: PaymentMethodId,
    address: ShippingAddress,
) -> OrderRequest {
    OrderRequest {
        items: contents.lines.clone(),
        payment_method_id,
        expected_total: Some(contents.total),
        shipping_address: Some(address),
    }
}

/// Leads to the order, whose page takes it out of the basket: another tab may have changed the
/// basket since this form was sent. The visitor reads of a repeat that is their own.
fn arrive(shopper: &Shopper, key: Key, order: &Order, (is_repeat, is_own): (bool, bool)) -> Response {
    let is_found = is_repeat && !is_own;
    // A repeat of an order that was seen before changes nothing. Without a cookie, an order that is
    // found is an old one: the basket has something else by then.
    let is_newest = match Attempt::open(&shopper.jar) {
        Some(current) => current.key != key && !is_repeat,
        None => !is_found,
    };
    if is_newest {
        Attempt { key, is_placed: false }.keep(&shopper.jar);
    }
    if is_found { Flash::OrderFound } else { Flash::OrderPlaced }.keep(&shopper.jar);
    pages::go_to(&format!("/orders/{}", order.number))
}

/// Keeps the address of an order in the account, unless it is there. Returns false if it may not be
/// there.
async fn keep_address(shopper: &Shopper, body: AddressBody, deadline: Instant) -> bool {
    let user = shopper.user();
    let keep = async {
        match user.addresses().await? {
            saved if saved.iter().any(|saved| saved.address == body.address) => Ok(()),
            _ => user.add_address(&body).await.map(|_saved| ()),
        }
    };
    let kept: Result<Result<(), ApiError>, _> = timeout_at(deadline, keep).await;
    match &kept {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "address was not kept; the order has it"),
        Err(_late) => tracing::warn!("address was not kept in time; the order has it"),
    }
    matches!(kept, Ok(Ok(())))
}
