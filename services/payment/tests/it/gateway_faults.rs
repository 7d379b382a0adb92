//! Every fault at every step: a client that follows the protocol (read, then repeat) ends with
//! exactly one of each.

use estore_contract::OrderId;
use estore_payment::gateway::{
    CardGateway, CreatedPayment, GatewayError, PaymentState, RefundState, Stripe, Voided,
};
use futures::future::join_all;

use crate::{
    gateway_contract::{Books, Entries, GOOD, card, order, usd, user},
    stripe::{Fake, Fault, KEY, Operation},
};

/// One order, brought to its end despite every fault, as the order's flow does it.
struct Trip {
    fake: Fake,
    gateway: Stripe,
    order: OrderId,
    /// True if Stripe forgets its keys as soon as an answer is lost, and not only later.
    forgetful: bool,
    silences: usize,
}

impl Trip {
    async fn new(faults: &[(Operation, Fault)], forgetful: bool) -> Self {
        let fake = Fake::start().await;
        for (operation, fault) in faults {
            fake.break_next(*operation, *fault);
        }
        Self { gateway: fake.gateway(), fake, order: order(1), forgetful, silences: 0 }
    }

    /// Repeats `step` until it answers. Its flag is true if it was tried before.
    async fn until<T>(&mut self, step: impl AsyncFn(&Stripe, bool) -> Result<Option<T>, GatewayError>) -> T {
        for attempt in 0..9 {
            match step(&self.gateway, attempt > 0).await {
                Ok(Some(end)) => return end,
                Ok(None) => {}
                Err(GatewayError::OutcomeUnknown(said)) => {
                    assert!(!said.contains("4242") && !said.contains(KEY), "{said}");
                    self.silences += 1;
                }
            }
            if attempt == 1 {
                self.fake.finish_late();
            }
            // A 500 without effect is repeated under its key until Stripe forgets the key.
            if attempt == 4 || self.forgetful {
                self.fake.forget_keys();
            }
        }
        panic!("no end after {} silences", self.silences)
    }

    async fn create(&mut self) -> String {
        let order = self.order;
        self.until(async |gateway, _| {
            Ok(match gateway.create(order, user(), usd(2000)).await? {
                CreatedPayment::Id(id) => Some(id),
                _ => None,
            })
        })
        .await
    }

    async fn authorize(&mut self, payment: &str) {
        let order = self.order;
        self.until(async |gateway, again| {
            let mut state = PaymentState::Created;
            if again {
                state = gateway.read(order, payment).await?;
            }
            if state == PaymentState::Created {
                state = gateway.authorize(order, payment, &card(GOOD)).await?;
            }
            assert!(matches!(state, PaymentState::Created | PaymentState::Authorized), "{state:?}");
            Ok((state == PaymentState::Authorized).then_some(()))
        })
        .await;
    }

    async fn capture(&mut self, payment: &str) {
        let order = self.order;
        self.until(async |gateway, again| {
            let state = gateway.capture(order, payment, again).await?;
            assert!(matches!(state, PaymentState::Authorized | PaymentState::Captured), "{state:?}");
            Ok((state == PaymentState::Captured).then_some(()))
        })
        .await;
    }

    async fn refund(&mut self, payment: &str, n: u32, amount: i64) {
        let order = self.order;
        self.until(async |gateway, _| {
            let refund = gateway.refund(order, payment, n, usd(amount)).await?;
            assert_eq!(refund, RefundState::Done);
            Ok(Some(()))
        })
        .await;
    }

    async fn void(&mut self, payment: &str) -> Voided {
        let order = self.order;
        self.until(async |gateway, _| gateway.void(order, Some(payment)).await.map(Some)).await
    }
}

/// Brings an order to its end, or to the void.
async fn ends_with_one_of_each(faults: Vec<(Operation, Fault)>, forgetful: bool) {
    let mut trip = Trip::new(&faults, forgetful).await;
    let payment = trip.create().await;
    trip.authorize(&payment).await;
    let expected = if faults.iter().any(|(operation, _)| *operation == Operation::Cancel) {
        assert_eq!(trip.void(&payment).await, Voided::Done { authorized: true });
        assert_eq!(trip.void(&payment).await, Voided::Done { authorized: true });
        let late = trip.gateway.capture(trip.order, &payment, true).await.unwrap();
        assert_eq!(late, PaymentState::Voided);
        Entries { authorizations: 1, voids: 1, ..Entries::default() }
    } else {
        trip.capture(&payment).await;
        trip.refund(&payment, 1, 700).await;
        trip.refund(&payment, 2, 700).await;
        Entries { authorizations: 1, captures: 1, refunds: vec![(1, 700), (2, 700)], voids: 0 }
    };
    assert!(trip.silences > 0, "{faults:?} was not met");
    // The gateway rejects requests that are still on their way.
    trip.fake.finish_late();
    assert_eq!(trip.fake.entries(trip.order).await, expected, "{faults:?}, forgetful: {forgetful}");
}

const STEPS: [Operation; 6] = [
    Operation::Create,
    Operation::Method,
    Operation::Confirm,
    Operation::Capture,
    Operation::Cancel,
    Operation::Refund,
];

#[tokio::test(flavor = "multi_thread")]
async fn any_fault_at_any_step_leaves_one_effect() {
    for forgetful in [false, true] {
        join_all(STEPS.into_iter().flat_map(|step| {
            Fault::ALL.into_iter().map(move |fault| ends_with_one_of_each(vec![(step, fault)], forgetful))
        }))
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_of_the_settling_read_changes_nothing() {
    for forgetful in [false, true] {
        let lost = Fault::Closes { done: true };
        let reads = [
            (Operation::Confirm, Operation::Read),
            (Operation::Capture, Operation::Read),
            (Operation::Cancel, Operation::Read),
            (Operation::Refund, Operation::ListRefunds),
        ];
        join_all(reads.into_iter().flat_map(|(step, read)| {
            let both = move |fault| ends_with_one_of_each(vec![(step, lost), (read, fault)], forgetful);
            Fault::ALL.into_iter().map(both)
        }))
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_faults_at_one_step_leave_one_effect() {
    let faults = [Fault::Hangs { done: false }, Fault::Closes { done: true }, Fault::Breaks { done: true }];
    join_all(STEPS.into_iter().flat_map(|step| {
        faults.into_iter().flat_map(move |first| {
            faults
                .into_iter()
                .map(move |second| ends_with_one_of_each(vec![(step, first), (step, second)], false))
        })
    }))
    .await;
}

#[tokio::test]
async fn decline_with_lost_answer_is_read() {
    for forgetful in [false, true] {
        for fault in [Fault::Closes { done: true }, Fault::Breaks { done: true }, Fault::CutOff] {
            let mut trip = Trip::new(&[(Operation::Confirm, fault)], forgetful).await;
            let (order, payment) = (trip.order, trip.create().await);
            let poor = card("4000000000009995");
            trip.gateway.authorize(order, &payment, &poor).await.unwrap_err();
            let read = trip.gateway.read(order, &payment).await.unwrap();
            assert_eq!(read, PaymentState::Declined("insufficient_funds".to_owned()));
            assert_eq!(trip.fake.entries(order).await, Entries::default());
        }
    }
}

#[tokio::test]
async fn kept_500_is_repeated_until_its_key_expires() {
    let mut trip = Trip::new(&[(Operation::Capture, Fault::Breaks { done: false })], false).await;
    let (order, payment) = (trip.order, trip.create().await);
    trip.authorize(&payment).await;
    for again in [false, true, true, true] {
        trip.gateway.capture(order, &payment, again).await.unwrap_err();
    }
    assert_eq!(trip.fake.entries(order).await.captures, 0);
    trip.fake.forget_keys();
    assert_eq!(trip.gateway.capture(order, &payment, true).await.unwrap(), PaymentState::Captured);
    assert_eq!(trip.fake.entries(order).await.captures, 1);
}

#[tokio::test]
async fn authorization_during_void_is_reported() {
    let faults = [(Operation::Confirm, Fault::Late), (Operation::Cancel, Fault::AfterLate)];
    let mut trip = Trip::new(&faults, false).await;
    let (order, payment) = (trip.order, trip.create().await);
    trip.gateway.authorize(order, &payment, &card(GOOD)).await.unwrap_err();
    let voided = trip.gateway.void(order, Some(&payment)).await.unwrap();
    assert_eq!(voided, Voided::Done { authorized: true });
    let entries = Entries { authorizations: 1, voids: 1, ..Entries::default() };
    assert_eq!(trip.fake.entries(order).await, entries);
}

#[tokio::test]
async fn capture_during_void_wins() {
    let faults = [(Operation::Capture, Fault::Late), (Operation::Cancel, Fault::AfterLate)];
    let mut trip = Trip::new(&faults, false).await;
    let (order, payment) = (trip.order, trip.create().await);
    trip.authorize(&payment).await;
    trip.gateway.capture(order, &payment, false).await.unwrap_err();
    assert_eq!(trip.gateway.void(order, Some(&payment)).await.unwrap(), Voided::Captured);
    let entries = Entries { authorizations: 1, captures: 1, ..Entries::default() };
    assert_eq!(trip.fake.entries(order).await, entries);
}
