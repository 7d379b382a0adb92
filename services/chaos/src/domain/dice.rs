//! Repeatable randomness: a number generator (`SplitMix64`) with a seed.

#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let number = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        number ^ (number >> 31)
    }

    /// Returns a number from `low` to `high`, both included; `low` if there is none between.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let count = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.next() % count).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn seed_repeats_its_numbers() {
        let throws = |seed| {
            let mut dice = Dice::new(seed);
            (0..100).map(|_| dice.between(0, 999)).collect::<Vec<_>>()
        };
        assert_eq!(throws(17), throws(17));
        assert_ne!(throws(17), throws(18));
    }

    #[test]
    fn numbers_reach_both_bounds() {
        let mut dice = Dice::new(1);
        let thrown: BTreeSet<u32> = (0..1000).map(|_| dice.between(5, 8)).collect();
        assert_eq!(thrown, [5, 6, 7, 8].into());
        assert_eq!(dice.between(3, 3), 3);
    }
}
