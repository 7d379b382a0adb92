//! The callers, and the answer of each guard to each of them.

use std::{collections::BTreeMap, time::Duration};

use estore_testbed::ServiceName;
use estore_tests::{Access, CARD, Customer, PASSWORD, shop, until};
use reqwest::Method;
use serde_json::json;

use super::table::{Guard, Thing};

/// A caller of a public route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Nobody,
    /// The account was disabled while its session lived.
    Disabled,
    /// The email address lost its verification while the session lived.
    Unverified,
    /// A customer who calls with ids that belong to another customer.
    Other,
    Admin,
    /// The customer to whom the ids belong.
    Owner,
}

impl Who {
    /// The owner comes last, because the owner may delete the item.
    pub(super) const ALL: [Self; 6] =
        [Self::Nobody, Self::Disabled, Self::Unverified, Self::Other, Self::Admin, Self::Owner];
}

/// The expected answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The guard lets the request through. The handler may still reject it.
    Passes,
    /// The guard rejects the request with this status and code.
    Refused(u16, &'static str),
}

const PASSES: Outcome = Outcome::Passes;
const MISSING: Outcome = Outcome::Refused(401, "missing_token");
const INVALID: Outcome = Outcome::Refused(401, "invalid_token");
const UNPROVEN: Outcome = Outcome::Refused(403, "email_not_verified");
const FORBIDDEN: Outcome = Outcome::Refused(403, "forbidden");
const HIDDEN: Outcome = Outcome::Refused(404, "not_found");

/// Returns the outcome for each of [`Who::ALL`] in order: nobody, disabled, unverified, other,
/// admin, owner.
pub(super) const fn outcomes(guard: Guard) -> [Outcome; 6] {
    match guard {
        Guard::Open => [PASSES, PASSES, PASSES, PASSES, PASSES, PASSES],
        Guard::Caller => [MISSING, INVALID, PASSES, PASSES, PASSES, PASSES],
        Guard::Own(_) => [MISSING, INVALID, HIDDEN, HIDDEN, HIDDEN, PASSES],
        Guard::OwnOrAdmin(_) => [MISSING, INVALID, HIDDEN, HIDDEN, PASSES, PASSES],
        Guard::Verified => [MISSING, INVALID, UNPROVEN, PASSES, PASSES, PASSES],
        Guard::Admin => [MISSING, INVALID, FORBIDDEN, FORBIDDEN, PASSES, FORBIDDEN],
        // The public listener serves no internal route.
        Guard::Peers(_) => [HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN],
    }
}

/// All callers, and the owner's items.
pub(super) struct People {
    callers: BTreeMap<Who, Customer>,
    order: String,
}

impl People {
    /// Creates the callers. Returns once every service knows which accounts are disabled or
    /// unverified.
    pub(super) async fn gather(access: &Access) -> Self {
        let admin = Customer::admin(access).await;
        let [owner, other, unverified, disabled] =
            [(), (), (), ()].map(|()| async { Customer::register(access, Access::mailbox()).await });
        let (owner, other, unverified, disabled) =
            (owner.await, other.await, unverified.await, disabled.await);
        let (sku, card) = (admin.add_product(1, 100).await, owner.save_card(CARD).await);
        let order = owner.order("guards", card, &sku, 1).await.expect(201).value();
        let known = async |customer: &Customer| {
            for service in ServiceName::ALL {
                assert_ne!(customer.get(service, probe(service)).await.status, 401);
            }
        };
        // Every service caches both accounts before the change.
        known(&disabled).await;
        known(&unverified).await;
        let statement = "UPDATE users SET email_verified_at = NULL WHERE email =";
        let _ = shop().postgres.sql("userdb", &format!("{statement} '{}'", unverified.email)).unwrap();
        let id = disabled.get(ServiceName::User, "/me").await.expect(200).value()["id"].clone();
        let path = format!("/users/{}", id.as_str().unwrap());
        let request = admin.request(Method::PATCH, ServiceName::User, &path);
        let answer = estore_tests::Answer::of(request.json(&json!({"status": "disabled"}))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        // A service may trust an old answer for five seconds. The sixth second is slack for a busy
        // machine.
        let ended = async || {
            let mut all = Vec::new();
            for service in ServiceName::ALL {
                all.push(disabled.get(service, probe(service)).await.status);
            }
            all.push(unverified.order("guards", card, &sku, 1).await.status);
            all
        };
        let _ = until(Duration::from_secs(6), ended, |all| *all == [401, 401, 401, 401, 403]).await;
        let callers = [
            (Who::Disabled, disabled),
            (Who::Unverified, unverified),
            (Who::Other, other),
            (Who::Admin, admin),
            (Who::Owner, owner),
        ];
        Self { callers: callers.into(), order: order["id"].as_str().unwrap().to_owned() }
    }

    /// Returns the id of an item of the owner. A card or a session is new each time, because a
    /// route may delete it.
    pub(super) async fn thing(&self, thing: Thing) -> String {
        match thing {
            Thing::Order => self.order.clone(),
            Thing::Address => {
                let body = json!({"address": {"line1": "1 Main Street", "city": "Berlin", "postal_code": "10115", "country": "DE"}});
                let owner = &self.callers[&Who::Owner];
                let saved = owner.post(ServiceName::User, "/me/addresses", &body).await.value();
                saved["id"].as_str().unwrap().to_owned()
            }
            Thing::Card => self.callers[&Who::Owner].save_card(CARD).await.to_string(),
            Thing::Session => {
                let owner = &self.callers[&Who::Owner];
                let device = Customer::login(&owner.access, &owner.email, PASSWORD).await;
                let sessions = device.get(ServiceName::User, "/me/sessions").await.value();
                sessions["items"][0]["id"].as_str().unwrap().to_owned()
            }
        }
    }

    /// Returns the caller, or `None` for an anonymous one.
    pub(super) fn caller(&self, who: Who) -> Option<&Customer> {
        self.callers.get(&who)
    }
}

/// Returns a route that any caller with a token may read, or an admin route if the service has no
/// such route.
const fn probe(service: ServiceName) -> &'static str {
    match service {
        ServiceName::User => "/me",
        ServiceName::Verification => "/templates",
        ServiceName::Inventory => "/tags",
        ServiceName::Payment | ServiceName::Storefront => "/orders",
    }
}
