//! Calls of the stores' functions. Production's own functions build them if such exist:
//! `create_call`, `advance_call` and the like.

use estore_contract::OrderId;
use estore_payment::domain::{Order, Refund};
use redis::{Arg, Cmd};

use super::cast::LEASE;

/// The owner of a function. Each owner has its own keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Side {
    Inventory,
    Payment,
    Gateway,
}

impl Side {
    pub(crate) const ALL: [Self; 3] = [Self::Inventory, Self::Payment, Self::Gateway];

    /// Returns the tag of its keys.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Inventory => "{inv}",
            Self::Payment => "{pay}",
            Self::Gateway => "{gw}",
        }
    }

    fn of(function: &str) -> Self {
        let of = |prefix: &str| function.starts_with(prefix);
        match () {
            () if of("inv1_") => Self::Inventory,
            () if of("pay1_") => Self::Payment,
            () if of("gw1_") => Self::Gateway,
            () => panic!("whose function is {function}?"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Call {
    pub(crate) side: Side,
    pub(crate) name: String,
    pub(crate) args: Vec<String>,
    pub(crate) read_only: bool,
}

impl Call {
    pub(crate) fn new(side: Side, name: &str, args: impl IntoIterator<Item = impl ToString>) -> Self {
        let args = args.into_iter().map(|arg| arg.to_string()).collect();
        Self { side, name: name.to_owned(), args, read_only: false }
    }

    pub(crate) fn read(side: Side, name: &str, args: impl IntoIterator<Item = impl ToString>) -> Self {
        Self { read_only: true, ..Self::new(side, name, args) }
    }

    /// Converts the call that production would send.
    pub(crate) fn of(command: &Cmd) -> Self {
        let texts: Vec<String> = command
            .args_iter()
            .map(|arg| match arg {
                Arg::Simple(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
                other => panic!("{other:?} in a call of a function"),
            })
            .collect();
        let [command, name, count, tag, args @ ..] = texts.as_slice() else { panic!("{texts:?}") };
        let side = Side::of(name);
        assert_eq!((count.as_str(), tag.as_str()), ("1", side.tag()));
        Self { side, name: name.clone(), args: args.to_vec(), read_only: command == "FCALL_RO" }
    }

    /// Reads an order, as a client's cancel does first.
    pub(crate) fn look(order: OrderId) -> Self {
        Self::read(Side::Payment, "pay1_order", [order])
    }

    /// Claims due work, as the worker does.
    pub(crate) fn claim() -> Self {
        Self::new(Side::Payment, "pay1_claim", [16, LEASE.as_millis()])
    }

    pub(crate) fn postpone(order: &Order) -> Self {
        let args = [order.id.to_string(), order.version.to_string(), LEASE.as_millis().to_string()];
        Self::new(Side::Payment, "pay1_postpone", args)
    }

    pub(crate) fn postpone_refund(order: OrderId, refund: &Refund) -> Self {
        let (n, version) = (refund.n.to_string(), refund.version.to_string());
        let args = [order.to_string(), n, version, LEASE.as_millis().to_string()];
        Self::new(Side::Payment, "pay1_postpone_refund", args)
    }

    /// Reads the order and its refunds, as an admin's request does first.
    pub(crate) fn refunds(order: OrderId) -> Self {
        Self::read(Side::Payment, "pay1_refunds", [order])
    }

    /// Ends holds past their deadline, as Inventory does.
    pub(crate) fn sweep() -> Self {
        Self::new(Side::Inventory, "inv1_sweep", [100])
    }
}
