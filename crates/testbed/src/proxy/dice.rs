//! Repeatable randomness: a number generator (`SplitMix64`) with a seed.

use std::time::Duration;

pub(super) struct Dice(u64);

impl Dice {
    /// Creates one of the many streams of a seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        Self(mix(seed ^ mix(stream)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// Returns a number from 0 up to, but not including, 1.
    fn fraction(&mut self) -> f64 {
        let high = u32::try_from(self.next() >> 32).unwrap_or(0);
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    /// Returns `true` with this probability.
    pub(super) fn says_yes(&mut self, chance: f64) -> bool {
        self.fraction() < chance
    }

    /// Returns a number from 0 up to, but not including, `end`; 0 if `end` is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(1).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// Returns a random part of `longest`.
    pub(super) fn part_of(&mut self, longest: Duration) -> Duration {
        longest.mul_f64(self.fraction())
    }
}

fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_repeats_its_numbers_and_streams_differ() {
        let throws = |seed, stream| {
            let mut dice = Dice::new(seed, stream);
            (0..100).map(|_| dice.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(throws(7, 1), throws(7, 1));
        assert_ne!(throws(7, 1), throws(7, 2));
        assert_ne!(throws(7, 1), throws(8, 1));
    }

    #[test]
    fn yes_frequency_matches_the_chance() {
        let mut dice = Dice::new(1, 1);
        let yes = (0..10_000).filter(|_| dice.says_yes(0.25)).count();
        assert!((2300..2700).contains(&yes), "{yes}");
        assert!((0..1000).all(|_| dice.says_yes(1.0)));
        assert!((0..1000).all(|_| !dice.says_yes(0.0)));
    }
}
