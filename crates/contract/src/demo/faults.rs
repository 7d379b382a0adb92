//! Faults on demand: kinds, targets, requests, events and the timetable.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::names::named;

named! {
    /// The platform on which faults are caused.
    pub enum FaultPlatform {
        /// Pods of a Kubernetes namespace.
        Pods = "pods",
        /// Processes of `./dev up`.
        Processes = "processes",
    }
}

named! {
    /// The kind of a fault.
    pub enum FaultKind {
        /// One process of the target is killed at once.
        Kill = "kill",
        /// One process of the target is stopped, and continues afterwards.
        Freeze = "freeze",
        /// The payment gateway answers late.
        GatewaySlow = "gateway_slow",
        /// The payment gateway does its work, and its answers are lost.
        GatewayAnswersLost = "gateway_answers_lost",
        /// The payment gateway declines every authorization.
        GatewayDeclines = "gateway_declines",
        /// The mail server is down.
        MailDown = "mail_down",
        /// Payment and Inventory cannot reach each other.
        Apart = "apart",
    }
}

named! {
    /// The component that a fault hits.
    pub enum FaultTarget {
        /// The User Service.
        User = "user",
        /// The Verification Service.
        Verification = "verification",
        /// The Inventory Service.
        Inventory = "inventory",
        /// The Payment Service.
        Payment = "payment",
        /// The storefront.
        Storefront = "storefront",
        /// Redis.
        Redis = "redis",
        /// Postgres.
        Postgres = "postgres",
        /// The payment gateway.
        Gateway = "gateway",
        /// The mail server.
        Mail = "mail",
    }
}

impl FaultKind {
    /// Returns the components that this kind can hit.
    #[must_use]
    pub const fn targets(self) -> &'static [FaultTarget] {
        use FaultTarget::{
            Gateway, Inventory, Mail, Payment, Postgres, Redis, Storefront, User, Verification,
        };
        match self {
            Self::Kill => &[User, Verification, Inventory, Payment, Storefront, Redis, Postgres],
            Self::Freeze => &[User, Verification, Inventory, Payment],
            Self::GatewaySlow | Self::GatewayAnswersLost | Self::GatewayDeclines => &[Gateway],
            Self::MailDown => &[Mail],
            Self::Apart => &[Inventory],
        }
    }

    /// Returns the longest duration in seconds; the shortest is 1. None for a kind that is over at
    /// once.
    #[must_use]
    pub const fn longest(self) -> Option<u32> {
        match self {
            Self::Kill => None,
            Self::Freeze => Some(60),
            Self::GatewaySlow | Self::GatewayAnswersLost | Self::GatewayDeclines | Self::MailDown => {
                Some(300)
            }
            Self::Apart => Some(120),
        }
    }
}

named! {
    /// The sender of a request for a fault.
    pub enum Requester {
        /// A person at the engine room.
        Button = "button",
        /// A program.
        Api = "api",
    }
}

named! {
    /// The cause of a fault.
    pub enum FaultOrigin {
        /// A person at the engine room.
        Button = "button",
        /// A program.
        Api = "api",
        /// The timetable.
        Timetable = "timetable",
    }
}

impl From<Requester> for FaultOrigin {
    fn from(requester: Requester) -> Self {
        match requester {
            Requester::Button => Self::Button,
            Requester::Api => Self::Api,
        }
    }
}

named! {
    /// The outcome of a fault.
    pub enum FaultOutcome {
        /// The fault is in progress.
        Running = "running",
        /// The fault was caused, and is over.
        Done = "done",
        /// The fault could not be caused or ended.
        Failed = "failed",
    }
}

/// The answer of `GET /faults`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaultState {
    /// The platform on which faults are caused.
    pub platform: FaultPlatform,
    /// The faults that are offered here.
    pub kinds: Vec<FaultOption>,
    /// The faults in progress.
    pub active: Vec<ActiveFault>,
    /// The timetable, if one is set.
    pub timetable: Option<Timetable>,
    /// The last 100 events, newest first.
    pub events: Vec<FaultEvent>,
}

/// A fault that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaultOption {
    /// The kind of the fault.
    pub kind: FaultKind,
    /// The component that it hits.
    pub target: FaultTarget,
    /// True if the fault takes a duration.
    pub durations: bool,
}

/// A fault in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActiveFault {
    /// The id of the fault's event.
    pub id: u64,
    /// The kind of the fault.
    pub kind: FaultKind,
    /// The component that it hits.
    pub target: FaultTarget,
    /// The time at which the fault ends by itself.
    #[serde(with = "time::serde::rfc3339")]
    pub ends_at: OffsetDateTime,
}

/// The body of `POST /faults`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "freeze", "target": "payment", "seconds": 5}))]
pub struct FaultRequest {
    /// The kind of the fault.
    pub kind: FaultKind,
    /// The component to hit.
    pub target: FaultTarget,
    /// The duration. Required for a kind that takes one, and refused for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 300)]
    pub seconds: Option<u32>,
    /// The sender of the request: `api` if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Requester>,
}

/// A fault that was requested, and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaultEvent {
    /// The number of the event, counted from 1.
    pub id: u64,
    /// The time at which the fault began.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The kind of the fault.
    pub kind: FaultKind,
    /// The component that it hit.
    pub target: FaultTarget,
    /// The requested duration, for a kind that takes one.
    pub seconds: Option<u32>,
    /// The cause of the fault.
    pub by: FaultOrigin,
    /// The outcome so far.
    pub outcome: FaultOutcome,
    /// The name of the pod or process that was hit, or the cause of a failure.
    pub detail: Option<String>,
}

/// Causes faults at random, one after another. The same seed gives the same sequence of kinds,
/// targets, durations and pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"seed": 17, "min_pause_seconds": 5, "max_pause_seconds": 30}))]
pub struct Timetable {
    /// The seed of the sequence.
    pub seed: u64,
    /// The shortest pause between two faults.
    #[schema(minimum = 1, maximum = 3600)]
    pub min_pause_seconds: u32,
    /// The longest pause between two faults, at least the shortest.
    #[schema(minimum = 1, maximum = 3600)]
    pub max_pause_seconds: u32,
}

named! {
    /// The faults that the Payment Service causes within itself.
    pub enum SwitchKind {
        /// The gateway answers late.
        GatewaySlow = "gateway_slow",
        /// The gateway does its work, and its answers are lost.
        GatewayAnswersLost = "gateway_answers_lost",
        /// The gateway declines every authorization.
        GatewayDeclines = "gateway_declines",
        /// Calls to the Inventory Service fail as unreachable.
        Apart = "apart",
    }
}

/// The body of `PUT /internal/faults` at the Payment Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultSwitch {
    /// The fault to cause.
    pub kind: SwitchKind,
    /// The seconds after which the fault ends by itself. 0 ends it now.
    #[schema(maximum = 300)]
    pub seconds: u32,
}
