//! Medians and ratios of the rounds.

use crate::document::Spread;

/// Returns the median of a figure.
pub(crate) fn median<T>(runs: &[T], of: impl Fn(&T) -> f64) -> f64 {
    middle(runs.iter().map(of).collect())
}

/// Returns the median of a figure, its minimum and its maximum.
pub(super) fn spread<T>(runs: &[T], of: impl Fn(&T) -> f64) -> Spread {
    around(median(runs, &of), runs.iter().map(of))
}

/// Returns the ratio of two medians, and the lowest and highest ratio of a round.
pub(super) fn ratio<T>(ours: &[T], theirs: &[T], of: impl Fn(&T) -> f64) -> Spread {
    let of = &of;
    let rounds = ours.iter().zip(theirs).map(|(our, their)| of(our) / of(their));
    around(median(ours, of) / median(theirs, of), rounds)
}

fn around(median: f64, all: impl Iterator<Item = f64>) -> Spread {
    let (low, high) = all.fold((median, median), |(low, high), one| (low.min(one), high.max(one)));
    Spread { median, low, high }
}

fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let (at, rest) = (figures.len() / 2, figures.len() % 2);
    match (figures.get(at.wrapping_sub(1)), figures.get(at)) {
        (Some(lower), Some(upper)) if rest == 0 => f64::midpoint(*lower, *upper),
        (_, upper) => upper.copied().unwrap_or(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_stands_between_the_middle() {
        for (figures, expected) in [(vec![9.0, 1.0, 4.0], 4.0), (vec![4.0, 2.0], 3.0), (vec![], 0.0)] {
            assert!((middle(figures) - expected).abs() < 1e-9, "{expected}");
        }
    }

    #[test]
    fn ratio_has_its_spread_by_round() {
        let found = ratio(&[10.0, 30.0, 20.0], &[10.0, 10.0, 40.0], |figure| *figure);
        assert_eq!(found, Spread { median: 2.0, low: 0.5, high: 3.0 });
    }
}
