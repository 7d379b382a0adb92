//! A state of the model, and the kinds of steps from one to the next.

/// The faults that may still happen, and the actions that clients may still take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Left {
    /// Drivers that vanish. The call on its way may still be done: now, later or never.
    pub(crate) crashes: u8,
    /// Answers that the driver does not wait for. The call may still be done: now, later or never.
    pub(crate) silences: u8,
    /// Calls that are done a second time, at any time, or never.
    pub(crate) doubles: u8,
    /// Leases that end although a driver still works on the order: two drivers of one order.
    pub(crate) hasty: u8,
    /// Buyer 0 sends its request again with the same key, without waiting.
    pub(crate) repeats: u8,
    /// Buyer 0 cancels.
    pub(crate) cancels: u8,
    /// Buyer 0's authorization expires.
    pub(crate) run_outs: u8,
    /// Buyer 0's account is closed.
    pub(crate) closes: u8,
    /// Rounds of the reconciler before it is quiet.
    pub(crate) rounds: u8,
}

impl Left {
    /// Nothing goes wrong, and clients wait.
    pub(crate) const NONE: Self = Self {
        crashes: 0,
        silences: 0,
        doubles: 0,
        hasty: 0,
        repeats: 0,
        cancels: 0,
        run_outs: 0,
        closes: 0,
        rounds: 0,
    };
}

/// A state. Everything is a number in the world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    /// Inventory's store, Payment's, the gateway's.
    pub(crate) stores: [u32; 3],
    /// Sorted.
    pub(crate) drivers: Vec<u32>,
    /// Calls that no driver waits for and that may still be done. Sorted.
    pub(crate) late: Vec<u32>,
    /// True if the holds that were made at the start are over.
    pub(crate) later: bool,
    pub(crate) left: Left,
    /// The answers that each buyer got: bits of `COMPLETED` and `CANCELLED`.
    pub(crate) told: [u8; 2],
    /// True if anything kept the buyers from buying.
    pub(crate) disturbed: bool,
    /// True if an alarm was raised that should never be raised here.
    pub(crate) alarmed: bool,
    /// Rounds of the reconciler once all was quiet.
    pub(crate) settling: u8,
    /// The equations that do not hold here, by bit.
    pub(crate) broken: u32,
}

pub(crate) const COMPLETED: u8 = 1;
/// The order is or will be cancelled: it is never captured.
pub(crate) const CANCELLED: u8 = 2;

/// A possible action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// A driver's call is done, and the driver takes the answer.
    Deliver(u32),
    Crash(u32),
    Silence(u32),
    Double(u32),
    /// A call that no driver waits for is done.
    Late(u32),
    /// The worker takes the n-th member of the work set.
    Claim(usize),
    /// The holds of the start are over.
    Wait,
    Sweep,
    Repeat,
    Cancel,
    RunOut,
    Close,
    Reconcile,
}
