//! The platform on which faults are caused: the pods of a namespace, or the processes of
//! `./dev up`.

use std::time::Duration;

use async_trait::async_trait;
use estore_contract::demo::{FaultKind, FaultPlatform, FaultTarget};

/// The reason why a platform could not cause or end a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// The component has no process that could be hit.
    #[error("{} has no running process", .0.as_str())]
    Absent(FaultTarget),
    /// The platform refused: nothing happened, and another attempt would not help. The text names
    /// the cause, as it is shown to people.
    #[error("{0}")]
    Refused(String),
    /// The call failed, and may have had its effect. The text names the cause.
    #[error("{0}")]
    Failed(String),
}

impl PlatformError {
    /// Returns whether nothing happened, and nothing would.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Absent(_) | Self::Refused(_))
    }
}

/// Causes faults, and ends those that last. The engine calls it with the targets of
/// [`FaultKind::targets`] that [`Platform::offers`] accepts, and has one fault of a kind and target
/// at a time. Calls for different targets may run at the same time.
///
/// Faults of the gateway, and those between Payment and Inventory, are switches of the Payment
/// Service and no part of this trait.
#[async_trait]
pub trait Platform: Send + Sync + 'static {
    /// Returns the name of the platform.
    fn name(&self) -> FaultPlatform;

    /// Returns whether this kind ([`FaultKind::Kill`], [`FaultKind::Freeze`] or
    /// [`FaultKind::MailDown`]) can hit `target` here. The answer never changes.
    fn offers(&self, kind: FaultKind, target: FaultTarget) -> bool;

    /// Returns whether every process that `target` should have runs and is ready. `target` is one
    /// of [`FaultKind::Kill`]'s.
    async fn is_ready(&self, target: FaultTarget) -> Result<bool, PlatformError>;

    /// Kills one process of `target` without warning, chosen at random. Returns its name once it
    /// is killed. The platform starts it again.
    async fn kill(&self, target: FaultTarget) -> Result<String, PlatformError>;

    /// Stops one process of `target` in place, chosen at random. Returns its name once it is
    /// stopped. The process continues after `length` by itself, even if this program dies.
    async fn freeze(&self, target: FaultTarget, length: Duration) -> Result<String, PlatformError>;

    /// Continues the process of `target` that [`Platform::freeze`] stopped, before its time or at
    /// it. A process that runs already is no error.
    async fn thaw(&self, target: FaultTarget) -> Result<(), PlatformError>;

    /// Takes the mail server down. Returns its name. The engine calls [`Platform::mail_up`] after
    /// `length`; if this program dies meanwhile, the next one's [`Platform::recover`] does.
    async fn mail_down(&self, length: Duration) -> Result<String, PlatformError>;

    /// Brings the mail server back. One that is up already is no error.
    async fn mail_up(&self) -> Result<(), PlatformError>;

    /// Ends what an earlier run of this program left behind. Called at the start, before any other
    /// fault, and repeated until it succeeds. Each of its steps has a limit. The whole has none, as
    /// there may be many processes.
    async fn recover(&self) -> Result<(), PlatformError>;
}
