//! What must hold (order-flow section 6), in every state, or in those where all is quiet.

use estore_payment::domain::{RefundStage, State as Stands};

use super::{
    facts::{Books, GatewayFacts, InventoryFacts, OrderFacts, PaymentFacts, RefundFacts, Reservation},
    scenario::Scenario,
    shop::{CANCELLED, COMPLETED, State, is_quiet, is_unsettled},
    world::World,
};

/// Each equation, by its bit.
pub(crate) const NAMES: [&str; 17] = [
    "1: 0 <= reserved <= on hand",
    "2: reserved is what is held",
    "3: on hand is what came less what was sold, and the journal tells the same",
    "4: completed orders are confirmed reservations",
    "5: the ledger captures once, and only what is completed",
    "5: so do the gateway's own books, and no authorization stays open",
    "6: money adds up",
    "7: the work set is what is not final",
    "7: nothing is held for what is final",
    "8: what a client saw stands",
    "9: one order for each key",
    "10: what a client saw cancelled is never captured",
    "11: every transition is an edge, and the version grows by one",
    "12: never more are sold than there are, and all of them where nothing disturbs",
    "13: every order and refund ends",
    "nobody is charged for what is not theirs",
    "refunds stay within what was bought, and nothing asks for a person",
];

/// Attempts without a step forward: more would be a loop.
const MOST_ATTEMPTS: i64 = 8;

/// The equations that do not hold in `state`, by bit.
pub(crate) fn broken(world: &World, scenario: &Scenario, state: &State) -> u32 {
    let scene = Scene {
        world,
        inventory: world.inventory(state.stores[0]),
        payment: world.payment(state.stores[1]),
        gateway: world.gateway(state.stores[2]),
        scenario,
        state,
        quiet: is_quiet(world, scenario, state),
    };
    let unsettled = is_unsettled(world, scenario, state);
    let held: [bool; NAMES.len()] = [
        scene.inventory.within,
        scene.inventory.reserved_is_held,
        scene.inventory.adds_up,
        scene.all(|_, one| !one.rests || stock_fits(one)),
        scene.all(|_, one| one.order.is_none_or(ledger_fits)),
        scene.all(Scene::books_fit),
        scene.all(Scene::money_adds_up),
        scene.payment.work_is_open,
        scene.all(Scene::held_is_open),
        scene.all(|_, one| stands(one)),
        scene.payment.one_for_each_key,
        scene.all(|_, one| one.told & CANCELLED == 0 || !is_charged(one)),
        scene.all(|_, one| one.order.is_none_or(|order| is_lawful(order, one.stock))),
        scene.sells_what_is_there(),
        !unsettled && scene.all(Scene::ends),
        scene.all(|_, one| {
            one.stock.is_some_and(Reservation::is_sold) || one.books.is_none_or(|books| books.captured == 0)
        }),
        !state.alarmed && scene.all(Scene::refunds_fit),
    ];
    held.iter().enumerate().filter(|(_, held)| !**held).map(|(at, _)| 1 << at).sum()
}

/// Equation 8 from one state to the next: what was there for a client to see is there still, and went on at most.
pub(crate) fn undone(world: &World, before: &State, after: &State) -> u32 {
    let orders = |state: &State| {
        world
            .payment(state.stores[1])
            .orders
            .each_ref()
            .map(|order| order.as_ref().map(|order| order.version))
    };
    u32::from(orders(before).into_iter().zip(orders(after)).any(|(before, after)| before > after)) << 9
}

struct Scene<'a> {
    world: &'a World,
    inventory: &'a InventoryFacts,
    payment: &'a PaymentFacts,
    gateway: &'a GatewayFacts,
    scenario: &'a Scenario,
    state: &'a State,
    quiet: bool,
}

/// A buyer's order, its stock, its money.
struct One<'a> {
    order: Option<&'a OrderFacts>,
    stock: Option<&'a Reservation>,
    books: Option<&'a Books>,
    told: u8,
    /// Whether nothing of it is under way: it is final and nobody is at it, or all is quiet.
    rests: bool,
}

impl One<'_> {
    fn is_completed(&self) -> bool {
        self.order.is_some_and(|order| order.state == Stands::Completed)
    }
}

impl Scene<'_> {
    fn all(&self, holds: impl Fn(&Self, &One<'_>) -> bool) -> bool {
        (0..2).all(|buyer| {
            let one = One {
                order: self.payment.orders[buyer].as_ref(),
                stock: self.inventory.reservations[buyer].as_ref(),
                books: self.gateway.payments[buyer].as_ref(),
                told: self.state.told[buyer],
                rests: self.quiet || self.state.is_at_rest(self.world, buyer),
            };
            holds(self, &one)
        })
    }

    fn books_fit(_: &Self, one: &One<'_>) -> bool {
        let Some(books) = one.books else { return !(one.rests && one.is_completed()) };
        let ends = (books.captured == 1) == one.is_completed() && books.state != "authorized";
        books.captured <= 1 && books.authorized <= 1 && (!one.rests || ends)
    }

    fn money_adds_up(_: &Self, one: &One<'_>) -> bool {
        let Some(order) = one.order else { return true };
        let earned = if one.is_completed() { order.total } else { 0 };
        let in_books = one.books.map_or(0, |books| books.captured * books.amount - books.refunded);
        order.captured - order.sent_back == earned - order.refunded
            && order.priced_right
            && (!one.rests || in_books == earned - order.refunded)
    }

    fn held_is_open(_: &Self, one: &One<'_>) -> bool {
        let held = one.stock.is_some_and(|stock| stock.status == "held");
        !held || !(one.rests || one.order.is_some_and(|order| order.state.is_final()))
    }

    fn sells_what_is_there(&self) -> bool {
        let completed = self.payment.orders.iter().flatten().filter(|order| order.state == Stands::Completed);
        let sold: i64 = completed.map(|order| order.quantity).sum();
        let all = self.quiet && !self.state.disturbed;
        sold <= self.inventory.received && self.scenario.sells.is_none_or(|sells| !all || sold == sells)
    }

    fn ends(&self, one: &One<'_>) -> bool {
        let Some(order) = one.order else { return true };
        let final_ = order.state.is_final() && order.refunds.iter().all(|refund| refund.stage.is_final());
        let tries = order.refunds.iter().map(|refund| refund.attempts).chain([order.attempts]);
        (final_ || !self.quiet) && tries.max() <= Some(MOST_ATTEMPTS)
    }

    fn refunds_fit(_: &Self, one: &One<'_>) -> bool {
        let Some(order) = one.order else { return true };
        let sum = |of: &dyn Fn(&RefundFacts) -> i64, stages: &[RefundStage]| -> i64 {
            order.refunds.iter().filter(|refund| stages.contains(&refund.stage)).map(of).sum()
        };
        let [amount, pieces]: [&dyn Fn(&RefundFacts) -> i64; 2] = [&|one| one.amount, &|one| one.pieces];
        let open = [RefundStage::Requested, RefundStage::Paid, RefundStage::Done];
        let (asked, paid) = (&open[..], &open[1..]);
        let returned = match one.stock {
            Some(stock) if stock.status == "confirmed" => stock.returned,
            _ => 0,
        };
        let sent = one.books.map_or(0, |books| books.refunded);
        sum(amount, asked) <= order.total
            && sum(pieces, asked) <= order.quantity
            && returned <= sum(pieces, paid)
            && sent <= sum(amount, asked)
            && sum(amount, paid) == order.refunded
            && (!one.rests || (returned == sum(pieces, paid) && sent == sum(amount, paid)))
    }
}

/// Line for line; there is one.
fn stock_fits(one: &One<'_>) -> bool {
    let sold = one.stock.filter(|stock| stock.status == "confirmed");
    match (one.order.filter(|_| one.is_completed()), sold) {
        (Some(order), Some(stock)) => order.quantity == stock.quantity,
        (None, None) => true,
        _ => false,
    }
}

fn ledger_fits(order: &OrderFacts) -> bool {
    order.captures <= 1
        && (order.captures == 1) == (order.state == Stands::Completed)
        && order.captures + order.voids <= order.authorizations
        && order.authorizations <= 1
}

fn stands(one: &One<'_>) -> bool {
    let state = one.order.map(|order| order.state);
    let completed = one.told & COMPLETED == 0 || state == Some(Stands::Completed);
    let cancelled =
        one.told & CANCELLED == 0 || matches!(state, Some(Stands::Cancelled | Stands::Cancelling));
    completed && cancelled && (one.told == 0 || state.is_some())
}

fn is_charged(one: &One<'_>) -> bool {
    one.order.is_some_and(|order| order.captures > 0) || one.books.is_some_and(|books| books.captured > 0)
}

/// From `confirming` an order is undone only where its stock is out of reach for good.
fn is_lawful(order: &OrderFacts, stock: Option<&Reservation>) -> bool {
    let open = stock.is_some_and(|stock| matches!(stock.status.as_str(), "held" | "confirmed"));
    order.lawful
        && order.refunds.iter().all(|refund| refund.lawful)
        && !(order.undone_while_confirming && open)
}
