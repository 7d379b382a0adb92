//! Who calls, and what each guard answers to whom.

use std::{collections::BTreeMap, time::Duration};

use estore_stage::ServiceName;
use estore_tests::{Access, CARD, Customer, shop, until};
use reqwest::Method;
use serde_json::json;

use super::table::{Guard, Thing};

/// Who calls a public route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Nobody,
    /// The account was disabled while its session lived.
    Disabled,
    /// The address lost its proof while the session lived.
    Unverified,
    /// A customer, of things that are another's.
    Other,
    Admin,
    /// The customer whose things they are.
    Owner,
}

impl Who {
    /// The owner last, who may delete a thing.
    pub(super) const ALL: [Self; 6] =
        [Self::Nobody, Self::Disabled, Self::Unverified, Self::Other, Self::Admin, Self::Owner];
}

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The guard lets the request through, to whatever is then said of it.
    Passes,
    /// The guard refuses, with this status and code.
    Refused(u16, &'static str),
}

const PASSES: Outcome = Outcome::Passes;
const MISSING: Outcome = Outcome::Refused(401, "missing_token");
const INVALID: Outcome = Outcome::Refused(401, "invalid_token");
const UNPROVEN: Outcome = Outcome::Refused(403, "email_not_verified");
const FORBIDDEN: Outcome = Outcome::Refused(403, "forbidden");
const HIDDEN: Outcome = Outcome::Refused(404, "not_found");

/// What each of [`Who::ALL`] gets, in their order: nobody, disabled, unverified, other, admin, owner.
pub(super) const fn outcomes(guard: Guard) -> [Outcome; 6] {
    match guard {
        Guard::Open => [PASSES, PASSES, PASSES, PASSES, PASSES, PASSES],
        Guard::Caller => [MISSING, INVALID, PASSES, PASSES, PASSES, PASSES],
        Guard::Own(_) => [MISSING, INVALID, HIDDEN, HIDDEN, HIDDEN, PASSES],
        Guard::OwnOrAdmin(_) => [MISSING, INVALID, HIDDEN, HIDDEN, PASSES, PASSES],
        Guard::Verified => [MISSING, INVALID, UNPROVEN, PASSES, PASSES, PASSES],
        Guard::Admin => [MISSING, INVALID, FORBIDDEN, FORBIDDEN, PASSES, FORBIDDEN],
        // The public listener knows no internal route.
        Guard::Peers(_) => [HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN],
    }
}

/// Everybody who calls, and the owner's things.
pub(super) struct People {
    callers: BTreeMap<Who, Customer>,
    order: String,
}

impl People {
    /// Makes them; returns once every service knows who is disabled and whose address is not proven.
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
        // Both are known everywhere as they were, when it happens.
        known(&disabled).await;
        known(&unverified).await;
        let statement = "UPDATE users SET email_verified_at = NULL WHERE email =";
        let _ = shop().postgres.sql("userdb", &format!("{statement} '{}'", unverified.email)).unwrap();
        let id = disabled.get(ServiceName::User, "/me").await.expect(200).value()["id"].clone();
        let account = format!("/users/{}", id.as_str().unwrap());
        let patch = admin.request(Method::PATCH, ServiceName::User, &account);
        let answer = estore_tests::Answer::of(patch.json(&json!({"status": "disabled"}))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        // A service may know an old answer for five seconds; the sixth is for a machine that is busy.
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

    /// The id of a thing of the owner's; a card is a new one, as it may be deleted.
    pub(super) async fn thing(&self, thing: Thing) -> String {
        match thing {
            Thing::Order => self.order.clone(),
            Thing::Card => self.callers[&Who::Owner].save_card(CARD).await.to_string(),
        }
    }

    /// Who calls, where it is somebody.
    pub(super) fn caller(&self, who: Who) -> Option<&Customer> {
        self.callers.get(&who)
    }
}

/// What anybody with a token can ask of a service; at one where there is no such thing, an admin's.
const fn probe(service: ServiceName) -> &'static str {
    match service {
        ServiceName::User => "/me",
        ServiceName::Verification => "/templates",
        ServiceName::Inventory => "/tags",
        ServiceName::Payment => "/orders",
    }
}
