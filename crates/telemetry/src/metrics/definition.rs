//! The definition of each metric, in one place for the registry and docs/metrics.md.

use prometheus::{
    Counter, Error, Gauge, GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts,
};

use super::{Followed, Meter};

/// The bucket bounds of durations in seconds: powers of two from about 1 ms to 16 s. They are also
/// bounds of native histograms (schema 0), so a Prometheus that stores those loses nothing. One of
/// them is 0.5 s, which the shop promises for 99 % of requests.
const SECONDS: [f64; 15] = [
    0.000_976_562_5,
    0.001_953_125,
    0.003_906_25,
    0.007_812_5,
    0.015_625,
    0.031_25,
    0.062_5,
    0.125,
    0.25,
    0.5,
    1.0,
    2.0,
    4.0,
    8.0,
    16.0,
];

/// The type of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only rises.
    Counter,
    /// Rises and falls.
    Gauge,
    /// Counts durations by bound.
    Histogram,
}

/// The possible values of a label. Clients never choose them.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// These values and no others.
    Each(&'static [&'static str]),
    /// As many values as the text says.
    From(&'static str),
}

/// A label of a metric.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    /// The label's name.
    pub name: &'static str,
    /// The possible values.
    pub values: Values,
}

impl Label {
    /// Creates a label with these values and no others.
    #[must_use]
    pub const fn each(name: &'static str, values: &'static [&'static str]) -> Self {
        Self { name, values: Values::Each(values) }
    }

    /// Creates a label with as many values as `bound` says, such as "route templates".
    #[must_use]
    pub const fn from(name: &'static str, bound: &'static str) -> Self {
        Self { name, values: Values::From(bound) }
    }
}

/// The definition of a metric.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// The name. Ends with the unit, and with `_total` for a counter.
    pub name: &'static str,
    /// The type.
    pub kind: Kind,
    /// The meaning, as help text.
    pub help: &'static str,
    /// The labels.
    pub labels: &'static [Label],
}

impl Definition {
    /// Defines a counter.
    #[must_use]
    pub const fn counter(name: &'static str, help: &'static str, labels: &'static [Label]) -> Self {
        Self { name, kind: Kind::Counter, help, labels }
    }

    /// Defines a gauge.
    #[must_use]
    pub const fn gauge(name: &'static str, help: &'static str, labels: &'static [Label]) -> Self {
        Self { name, kind: Kind::Gauge, help, labels }
    }

    /// Defines a histogram of seconds.
    #[must_use]
    pub const fn histogram(name: &'static str, help: &'static str, labels: &'static [Label]) -> Self {
        Self { name, kind: Kind::Histogram, help, labels }
    }

    /// Registers a counter with labels.
    pub fn counters(&self, meter: &Meter) -> Result<IntCounterVec, Error> {
        let counters = IntCounterVec::new(self.opts(), &self.label_names())?;
        self.each_known(|values| drop(counters.with_label_values(values)));
        meter.add(counters)
    }

    /// Registers a counter without labels.
    pub fn one_counter(&self, meter: &Meter) -> Result<IntCounter, Error> {
        meter.add(IntCounter::with_opts(self.opts())?)
    }

    /// Registers a counter without labels that follows the total of another system.
    pub fn followed(&self, meter: &Meter) -> Result<Followed, Error> {
        meter.add(Followed::new(IntCounter::with_opts(self.opts())?))
    }

    /// Registers a counter of fractions without labels, such as of seconds.
    pub fn one_counter_of_fractions(&self, meter: &Meter) -> Result<Counter, Error> {
        meter.add(Counter::with_opts(self.opts())?)
    }

    /// Registers a gauge of whole numbers with labels.
    pub fn gauges(&self, meter: &Meter) -> Result<IntGaugeVec, Error> {
        let gauges = IntGaugeVec::new(self.opts(), &self.label_names())?;
        self.each_known(|values| drop(gauges.with_label_values(values)));
        meter.add(gauges)
    }

    /// Registers a gauge of whole numbers without labels.
    pub fn one_gauge(&self, meter: &Meter) -> Result<IntGauge, Error> {
        meter.add(IntGauge::with_opts(self.opts())?)
    }

    /// Registers a gauge of fractions with labels.
    pub fn fractions(&self, meter: &Meter) -> Result<GaugeVec, Error> {
        let gauges = GaugeVec::new(self.opts(), &self.label_names())?;
        self.each_known(|values| drop(gauges.with_label_values(values)));
        meter.add(gauges)
    }

    /// Registers a gauge of fractions without labels.
    pub fn one_fraction(&self, meter: &Meter) -> Result<Gauge, Error> {
        meter.add(Gauge::with_opts(self.opts())?)
    }

    /// Registers a histogram with labels.
    pub fn histograms(&self, meter: &Meter) -> Result<HistogramVec, Error> {
        let histograms = HistogramVec::new(self.histogram_opts(), &self.label_names())?;
        self.each_known(|values| drop(histograms.with_label_values(values)));
        meter.add(histograms)
    }

    fn opts(&self) -> Opts {
        Opts::new(self.name, self.help)
    }

    fn histogram_opts(&self) -> HistogramOpts {
        HistogramOpts::from(self.opts()).buckets(SECONDS.to_vec())
    }

    fn label_names(&self) -> Vec<&'static str> {
        self.labels.iter().map(|label| label.name).collect()
    }

    /// Calls `make` with each combination of label values, if all of them are known. A series that
    /// starts at 0 shows its first event as a rate, and shows alerts that it exists.
    fn each_known(&self, make: impl Fn(&[&str])) {
        let mut rows = vec![Vec::new()];
        for label in self.labels {
            let Values::Each(values) = label.values else { return };
            let with = |row: &Vec<&'static str>| {
                let row = row.clone();
                values.iter().map(move |value| [row.clone(), vec![*value]].concat())
            };
            rows = rows.iter().flat_map(with).collect();
        }
        for row in &rows {
            make(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COINS: Definition = Definition::counter(
        "coins_total",
        "Coins",
        &[Label::each("metal", &["gold", "silver"]), Label::each("side", &["head", "tail"])],
    );

    #[test]
    fn counter_with_known_labels_starts_at_zero() {
        let meter = Meter::default();
        let coins = COINS.counters(&meter).unwrap();
        coins.with_label_values(&["gold", "tail"]).inc();
        let text = meter.text().unwrap();
        for line in [
            r#"{metal="gold",side="head"} 0"#,
            r#"{metal="gold",side="tail"} 1"#,
            r#"{metal="silver",side="tail"} 0"#,
        ] {
            assert!(text.contains(&format!("coins_total{line}")), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn histogram_bounds_double_and_contain_half_a_second() {
        assert!(SECONDS.contains(&0.5));
        assert!(SECONDS.windows(2).all(|two| (two[1] / two[0] - 2.0).abs() < f64::EPSILON));
    }
}
