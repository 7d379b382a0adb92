//! The dial: orders a minute and the mix of steps, and what follows from them.

use std::time::Duration;

use estore_contract::{
    FieldError,
    demo::{MAX_ORDERS_PER_MINUTE, Mix},
};

use super::Kind;

/// The mix without another one.
pub(crate) const DEFAULT_MIX: Mix =
    Mix { browse: 30, basket: 15, order: 40, decline: 4, cancel: 6, refund: 5 };
/// The highest weight of a kind.
const HEAVIEST: u32 = 1000;
/// The most steps a minute, those without orders included.
const MOST_STEPS: f64 = 12_000.0;

/// A rate and a mix that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dial {
    orders_per_minute: u32,
    mix: Mix,
}

impl Dial {
    /// Creates a dial, or names the fields that are wrong.
    pub(crate) fn new(orders_per_minute: u32, mix: Mix) -> Result<Self, FieldError> {
        if orders_per_minute > MAX_ORDERS_PER_MINUTE {
            let message = format!("must be at most {MAX_ORDERS_PER_MINUTE}");
            return Err(FieldError::new("orders_per_minute", message));
        }
        if Kind::ALL.iter().any(|kind| kind.weight(&mix) > HEAVIEST) {
            return Err(FieldError::new("mix", format!("must have weights of at most {HEAVIEST}")));
        }
        let dial = Self { orders_per_minute, mix };
        if dial.ordering() == 0 {
            return Err(FieldError::new(
                "mix",
                "must order: one of order, decline, cancel and refund above 0",
            ));
        }
        if dial.steps_per_minute() > MOST_STEPS {
            let message =
                format!("must not make more than {MOST_STEPS} steps a minute: order more, or browse less");
            return Err(FieldError::new("mix", message));
        }
        Ok(dial)
    }

    pub(crate) const fn orders_per_minute(&self) -> u32 {
        self.orders_per_minute
    }

    pub(crate) const fn mix(&self) -> Mix {
        self.mix
    }

    /// Returns the time until the next step. Steps are independent of each other, so these times
    /// are distributed exponentially; `chance` is from 0 up to but not including 1. `None` if there
    /// are no steps.
    pub(crate) fn pause(&self, chance: f64) -> Option<Duration> {
        if self.orders_per_minute == 0 {
            return None;
        }
        let mean = 60.0 / self.steps_per_minute();
        Duration::try_from_secs_f64(-mean * (1.0 - chance).ln()).ok()
    }

    /// Chooses the next step; `chance` is from 0 up to but not including 1.
    pub(crate) fn pick(&self, chance: f64) -> Kind {
        let mut left = chance * f64::from(self.weight(|_| true));
        for kind in Kind::ALL {
            left -= f64::from(kind.weight(&self.mix));
            if left < 0.0 {
                return kind;
            }
        }
        Kind::Order
    }

    /// Returns the number of steps a minute in which the orders come.
    fn steps_per_minute(&self) -> f64 {
        let (all, ordering) = (self.weight(|_| true), self.ordering());
        f64::from(self.orders_per_minute) * f64::from(all) / f64::from(ordering)
    }

    fn ordering(&self) -> u32 {
        self.weight(Kind::orders)
    }

    fn weight(&self, of: impl Fn(Kind) -> bool) -> u32 {
        Kind::ALL.into_iter().filter(|kind| of(*kind)).map(|kind| kind.weight(&self.mix)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERS: Mix = Mix { browse: 0, basket: 0, order: 1, decline: 0, cancel: 0, refund: 0 };

    /// Returns `count` even chances.
    fn chances(count: u32) -> impl Iterator<Item = f64> {
        (0..count).map(move |at| (f64::from(at) + 0.5) / f64::from(count))
    }

    #[test]
    fn pauses_average_to_the_rate() {
        for (mix, steps) in [(ORDERS, 600.0), (DEFAULT_MIX, 600.0 * 100.0 / 55.0)] {
            let dial = Dial::new(600, mix).unwrap();
            let pauses: Vec<f64> = chances(10_000).map(|at| dial.pause(at).unwrap().as_secs_f64()).collect();
            let mean = pauses.iter().sum::<f64>() / 10_000.0;
            assert!((mean * steps / 60.0 - 1.0).abs() < 0.01, "{mean} s of {steps} steps a minute");
            let short = pauses.iter().filter(|pause| **pause < mean).count();
            assert!((6_200..6_450).contains(&short), "exponential: {short} are below the mean");
        }
    }

    #[test]
    fn dial_at_zero_takes_no_steps() {
        assert_eq!(Dial::new(0, DEFAULT_MIX).unwrap().pause(0.5), None);
    }

    #[test]
    fn steps_have_the_weights_of_the_mix() {
        let dial = Dial::new(60, DEFAULT_MIX).unwrap();
        for kind in Kind::ALL {
            let count = chances(1_000).filter(|chance| dial.pick(*chance) == kind).count();
            let expected = usize::try_from(kind.weight(&DEFAULT_MIX)).unwrap() * 10;
            assert!(count.abs_diff(expected) <= 1, "{kind:?}: {count} of {expected}");
        }
        let dial = Dial::new(60, ORDERS).unwrap();
        assert!(chances(100).all(|chance| dial.pick(chance) == Kind::Order));
    }

    #[test]
    fn wrong_dial_names_its_field() {
        let wrong = |orders, mix| Dial::new(orders, mix).unwrap_err().field;
        assert_eq!(wrong(3001, DEFAULT_MIX), "orders_per_minute");
        assert_eq!(wrong(60, Mix { order: 0, ..ORDERS }), "mix");
        assert_eq!(wrong(60, Mix { order: 1001, ..ORDERS }), "mix");
        assert_eq!(wrong(3000, Mix { browse: 4, ..ORDERS }), "mix");
        assert!(Dial::new(3000, Mix { browse: 3, ..ORDERS }).is_ok());
    }
}
