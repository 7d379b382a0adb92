//! What a metric is, said once: the registry and docs/metrics.md both read it here.

use prometheus::{
    Counter, Error, Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec,
    IntGauge, IntGaugeVec, Opts,
};

use super::Meter;

/// Bounds of durations in seconds: powers of two from about 1 ms to 16 s. They are bounds of native histograms, too (schema 0), so
/// that nothing is lost where a Prometheus keeps those; and 0.5 s, which the shop promises for 99 % of requests, is one of them.
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

/// How a metric moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only up.
    Counter,
    /// Up and down.
    Gauge,
    /// How often a duration was within each bound.
    Histogram,
}

/// What values a label can have. Never what a client made up.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// These and no others.
    Each(&'static [&'static str]),
    /// As many as this says.
    From(&'static str),
}

/// A label of a metric.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// Its values.
    pub values: Values,
}

impl Label {
    /// A label with these values and no others.
    #[must_use]
    pub const fn each(name: &'static str, values: &'static [&'static str]) -> Self {
        Self { name, values: Values::Each(values) }
    }

    /// A label with as many values as `bound` says, such as "route templates".
    #[must_use]
    pub const fn from(name: &'static str, bound: &'static str) -> Self {
        Self { name, values: Values::From(bound) }
    }
}

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Its name; ends with its unit, and `_total` where it is a counter.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// What it tells.
    pub help: &'static str,
    /// What it is told by.
    pub labels: &'static [Label],
}

impl Definition {
    /// A counter.
    #[must_use]
    pub const fn counter(name: &'static str, help: &'static str, labels: &'static [Label]) -> Self {
        Self { name, kind: Kind::Counter, help, labels }
    }

    /// A gauge.
    #[must_use]
    pub const fn gauge(name: &'static str, help: &'static str, labels: &'static [Label]) -> Self {
        Self { name, kind: Kind::Gauge, help, labels }
    }

    /// A histogram of seconds.
    #[must_use]
    pub const fn histogram(name: &'static str, help: &'static str, labels: &'static [Label]) -> Self {
        Self { name, kind: Kind::Histogram, help, labels }
    }

    /// Registers it as a counter by its labels.
    pub fn counters(&self, meter: &Meter) -> Result<IntCounterVec, Error> {
        let counters = IntCounterVec::new(self.opts(), &self.label_names())?;
        self.each_known(|values| drop(counters.with_label_values(values)));
        meter.add(counters)
    }

    /// Registers it as one counter.
    pub fn one_counter(&self, meter: &Meter) -> Result<IntCounter, Error> {
        meter.add(IntCounter::with_opts(self.opts())?)
    }

    /// Registers it as one counter of fractions, such as of seconds.
    pub fn one_counter_of_fractions(&self, meter: &Meter) -> Result<Counter, Error> {
        meter.add(Counter::with_opts(self.opts())?)
    }

    /// Registers it as a gauge of whole numbers by its labels.
    pub fn gauges(&self, meter: &Meter) -> Result<IntGaugeVec, Error> {
        let gauges = IntGaugeVec::new(self.opts(), &self.label_names())?;
        self.each_known(|values| drop(gauges.with_label_values(values)));
        meter.add(gauges)
    }

    /// Registers it as one gauge of whole numbers.
    pub fn one_gauge(&self, meter: &Meter) -> Result<IntGauge, Error> {
        meter.add(IntGauge::with_opts(self.opts())?)
    }

    /// Registers it as a gauge of fractions by its labels.
    pub fn fractions(&self, meter: &Meter) -> Result<GaugeVec, Error> {
        let gauges = GaugeVec::new(self.opts(), &self.label_names())?;
        self.each_known(|values| drop(gauges.with_label_values(values)));
        meter.add(gauges)
    }

    /// Registers it as one gauge of fractions.
    pub fn one_fraction(&self, meter: &Meter) -> Result<Gauge, Error> {
        meter.add(Gauge::with_opts(self.opts())?)
    }

    /// Registers it as a histogram by its labels.
    pub fn histograms(&self, meter: &Meter) -> Result<HistogramVec, Error> {
        let histograms = HistogramVec::new(self.histogram_opts(), &self.label_names())?;
        self.each_known(|values| drop(histograms.with_label_values(values)));
        meter.add(histograms)
    }

    /// Registers it as one histogram.
    pub fn one_histogram(&self, meter: &Meter) -> Result<Histogram, Error> {
        meter.add(Histogram::with_opts(self.histogram_opts())?)
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

    /// Calls `make` with each combination of values where all of them are known: a series that is 0 from the start tells a rate from its
    /// first event on, and an alert that there is something to watch.
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
    fn what_is_counted_by_known_values_is_zero_from_the_start() {
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
    fn the_promise_of_half_a_second_is_a_bound_and_each_is_twice_the_one_before() {
        assert!(SECONDS.contains(&0.5));
        assert!(SECONDS.windows(2).all(|two| (two[1] / two[0] - 2.0).abs() < f64::EPSILON));
    }
}
