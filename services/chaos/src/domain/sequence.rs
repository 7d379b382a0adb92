//! The sequence of a timetable: the same seed gives the same pauses and faults.

use std::time::Duration;

use estore_contract::demo::{FaultOption, Timetable};

use super::{Fault, dice::Dice};

/// The longest duration of a fault of a timetable. A fault by hand may last longer.
const LONGEST: u32 = 20;

/// One step of a timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The pause before the fault.
    pub pause: Duration,
    /// The fault.
    pub fault: Fault,
}

/// The endless sequence of a timetable.
#[derive(Debug, Clone)]
pub struct Sequence {
    dice: Dice,
    table: Timetable,
    options: Vec<FaultOption>,
}

impl Sequence {
    /// Creates the sequence of a timetable among the faults that are offered.
    #[must_use]
    pub const fn new(table: Timetable, options: Vec<FaultOption>) -> Self {
        Self { dice: Dice::new(table.seed), table, options }
    }
}

impl Iterator for Sequence {
    type Item = Step;

    /// Returns the next step, or `None` if no fault is offered.
    fn next(&mut self) -> Option<Step> {
        let last = u32::try_from(self.options.len()).ok()?.checked_sub(1)?;
        // Every step throws three times, so that one fault's duration moves no other.
        let pause = self.dice.between(self.table.min_pause_seconds, self.table.max_pause_seconds);
        let at = usize::try_from(self.dice.between(0, last)).ok()?;
        let length = self.dice.between(1, LONGEST);
        let option = self.options.get(at)?;
        let seconds = option.kind.longest().map(|longest| length.min(longest));
        let fault = Fault::new(option.kind, option.target, seconds).ok()?;
        Some(Step { pause: Duration::from_secs(pause.into()), fault })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use estore_contract::demo::FaultKind;

    use super::*;

    fn options() -> Vec<FaultOption> {
        let option = |kind: FaultKind| {
            let durations = kind.longest().is_some();
            kind.targets().iter().map(move |target| FaultOption { kind, target: *target, durations })
        };
        FaultKind::ALL.into_iter().flat_map(option).collect()
    }

    fn steps(seed: u64, count: usize) -> Vec<Step> {
        let table = Timetable { seed, min_pause_seconds: 5, max_pause_seconds: 9 };
        Sequence::new(table, options()).take(count).collect()
    }

    #[test]
    fn seed_repeats_the_whole_sequence() {
        assert_eq!(steps(17, 200), steps(17, 200));
        assert_ne!(steps(17, 20), steps(18, 20));
    }

    #[test]
    fn sequence_reaches_every_fault_and_pause() {
        let steps = steps(1, 2000);
        for option in options() {
            let reaches =
                |step: &Step| (step.fault.kind(), step.fault.target()) == (option.kind, option.target);
            assert!(steps.iter().any(reaches), "{option:?}");
        }
        let pauses: BTreeSet<u64> = steps.iter().map(|step| step.pause.as_secs()).collect();
        assert_eq!(pauses, [5, 6, 7, 8, 9].into());
        assert!(steps.iter().all(|step| step.fault.seconds().is_none_or(|length| length <= LONGEST)));
    }

    #[test]
    fn sequence_without_options_is_empty() {
        let table = Timetable { seed: 1, min_pause_seconds: 1, max_pause_seconds: 1 };
        assert_eq!(Sequence::new(table, Vec::new()).next(), None);
    }
}
