//! A fault that can be caused, checked against the rules of its kind.

use std::time::Duration;

use estore_contract::{
    FieldError,
    demo::{FaultKind, FaultTarget, SwitchKind, Timetable},
};

/// A kind of fault, a component that it can hit, and the duration if the kind has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    kind: FaultKind,
    target: FaultTarget,
    seconds: Option<u32>,
}

impl Fault {
    /// Checks the target and the duration. Returns the wrong fields otherwise.
    pub fn new(kind: FaultKind, target: FaultTarget, seconds: Option<u32>) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        if !kind.targets().contains(&target) {
            let names: Vec<&str> = kind.targets().iter().map(|target| target.as_str()).collect();
            wrong.push(FieldError::new("target", format!("must be one of {}", names.join(", "))));
        }
        match (kind.longest(), seconds) {
            (None, Some(_)) => {
                let message = format!("must be absent, because {} has no duration", kind.as_str());
                wrong.push(FieldError::new("seconds", message));
            }
            (Some(longest), seconds) if !seconds.is_some_and(|length| (1..=longest).contains(&length)) => {
                wrong.push(FieldError::new("seconds", format!("must be 1 to {longest}")));
            }
            _ => {}
        }
        if wrong.is_empty() { Ok(Self { kind, target, seconds }) } else { Err(wrong) }
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(self) -> FaultKind {
        self.kind
    }

    /// Returns the component that it hits.
    #[must_use]
    pub const fn target(self) -> FaultTarget {
        self.target
    }

    /// Returns the duration in seconds, if the kind has one.
    #[must_use]
    pub const fn seconds(self) -> Option<u32> {
        self.seconds
    }

    /// Returns the duration; zero for a fault that is over at once.
    #[must_use]
    pub fn length(self) -> Duration {
        Duration::from_secs(self.seconds.unwrap_or(0).into())
    }

    /// Returns the switch of the Payment Service that causes this fault, if one does.
    #[must_use]
    pub const fn switch(self) -> Option<SwitchKind> {
        match self.kind {
            FaultKind::GatewaySlow => Some(SwitchKind::GatewaySlow),
            FaultKind::GatewayAnswersLost => Some(SwitchKind::GatewayAnswersLost),
            FaultKind::GatewayDeclines => Some(SwitchKind::GatewayDeclines),
            FaultKind::Apart => Some(SwitchKind::Apart),
            FaultKind::Kill | FaultKind::Freeze | FaultKind::MailDown => None,
        }
    }
}

/// Checks the pauses of a timetable. Returns the wrong fields.
pub fn check_timetable(table: Timetable) -> Result<Timetable, Vec<FieldError>> {
    let pauses =
        [("min_pause_seconds", table.min_pause_seconds), ("max_pause_seconds", table.max_pause_seconds)];
    let outside = pauses.into_iter().filter(|(_, pause)| !(1..=3600).contains(pause));
    let mut wrong: Vec<FieldError> =
        outside.map(|(field, _)| FieldError::new(field, "must be 1 to 3600")).collect();
    if wrong.is_empty() && table.min_pause_seconds > table.max_pause_seconds {
        wrong.push(FieldError::new("max_pause_seconds", "must be at least min_pause_seconds"));
    }
    if wrong.is_empty() { Ok(table) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(kind: FaultKind, target: FaultTarget, seconds: Option<u32>) -> Vec<String> {
        let wrong = Fault::new(kind, target, seconds).err().unwrap_or_default();
        wrong.into_iter().map(|field| field.field).collect()
    }

    #[test]
    fn duration_is_bounded_by_its_kind() {
        for kind in FaultKind::ALL {
            let target = kind.targets()[0];
            if let Some(longest) = kind.longest() {
                for wrong in [None, Some(0), Some(longest + 1)] {
                    assert_eq!(fields(kind, target, wrong), ["seconds"], "{kind:?} {wrong:?}");
                }
                let fault = Fault::new(kind, target, Some(longest)).unwrap();
                assert_eq!(fault.length(), Duration::from_secs(longest.into()));
            } else {
                assert_eq!(fields(kind, target, Some(1)), ["seconds"]);
                assert_eq!(Fault::new(kind, target, None).unwrap().length(), Duration::ZERO);
            }
        }
    }

    #[test]
    fn target_outside_its_kind_is_refused() {
        for kind in FaultKind::ALL {
            for target in FaultTarget::ALL {
                let is_wrong = fields(kind, target, kind.longest()) == ["target"];
                assert_eq!(is_wrong, !kind.targets().contains(&target), "{kind:?} {target:?}");
            }
        }
        assert_eq!(fields(FaultKind::Freeze, FaultTarget::Redis, Some(61)), ["target", "seconds"]);
    }

    #[test]
    fn timetable_pauses_are_checked() {
        let table = |min, max| {
            let table = Timetable { seed: 17, min_pause_seconds: min, max_pause_seconds: max };
            let wrong = check_timetable(table).err().unwrap_or_default();
            wrong.into_iter().map(|field| field.field).collect::<Vec<_>>()
        };
        assert_eq!(table(1, 3600), [""; 0]);
        assert_eq!(table(5, 5), [""; 0]);
        assert_eq!(table(0, 3601), ["min_pause_seconds", "max_pause_seconds"]);
        assert_eq!(table(6, 5), ["max_pause_seconds"]);
    }
}
