//! The sampling of traces (`OTEL_TRACES_SAMPLER`). It is decided at the beginning of a request or
//! job, and is the same for all steps within.

use opentelemetry::{
    Context, KeyValue,
    trace::{Link, SpanKind, TraceContextExt, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

use estore_base::{
    config::{ConfigError, Env, Setting},
    random,
};

/// Marks the context of an untrusted caller's trace: its id is used, but not its decision on
/// recording.
pub(super) struct Stranger;

/// Marks the beginning of work that another trace caused.
pub(super) struct Caused {
    /// True if that trace was recorded.
    pub(super) sampled: bool,
}

/// The sampling rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sampling {
    /// The recorded share of the traces that begin here, from 0 to 1.
    ratio: f64,
    /// True if a trace that began elsewhere is recorded as it is there.
    as_parent: bool,
}

pub(crate) const OTEL_TRACES_SAMPLER: Setting = Setting::text(
    "OTEL_TRACES_SAMPLER",
    "Rule by which traces are recorded: `always_on`, `always_off` or `traceidratio`, each with or \
     without `parentbased_` before it.",
)
.default("parentbased_always_on")
.example("parentbased_traceidratio");
pub(crate) const OTEL_TRACES_SAMPLER_ARG: Setting =
    Setting::number("OTEL_TRACES_SAMPLER_ARG", "Share of traces that `traceidratio` records, from 0 to 1.")
        .default("1")
        .example("0.01");

impl Sampling {
    /// Reads `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`, as in OpenTelemetry's
    /// specification.
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let name: String = env.get(&OTEL_TRACES_SAMPLER)?;
        let (as_parent, rule) = match name.strip_prefix("parentbased_") {
            Some(rule) => (true, rule),
            None => (false, name.as_str()),
        };
        let ratio = match rule {
            "always_on" => 1.0,
            "always_off" => 0.0,
            "traceidratio" => {
                let ratio: f64 = env.get(&OTEL_TRACES_SAMPLER_ARG)?;
                if !(0.0..=1.0).contains(&ratio) {
                    return Err(OTEL_TRACES_SAMPLER_ARG.wrong("is not a number from 0 to 1"));
                }
                ratio
            }
            _ => {
                let known =
                    "must be always_on, always_off, traceidratio, or one of them with parentbased_ before it";
                return Err(OTEL_TRACES_SAMPLER.wrong(known));
            }
        };
        Ok(Self { ratio, as_parent })
    }

    /// Decides by the id, so that every service decides alike.
    fn by_id(&self, id: TraceId) -> bool {
        let sampler = Sampler::TraceIdRatioBased(self.ratio);
        sampler.should_sample(None, id, "", &SpanKind::Internal, &[], &[]).decision
            == SamplingDecision::RecordAndSample
    }

    /// Decides at random, because an untrusted caller can choose an id that would always be
    /// recorded.
    fn by_chance(&self) -> bool {
        self.ratio >= 1.0 || (self.ratio > 0.0 && random::fraction() < self.ratio)
    }

    fn decide(&self, parent: Option<&Context>, id: TraceId) -> (bool, TraceState) {
        let nothing = Context::new();
        let parent = parent.unwrap_or(&nothing);
        let span = parent.span();
        let context = span.span_context();
        let sampled = if !context.is_valid() {
            match parent.get::<Caused>() {
                Some(Caused { sampled }) if self.as_parent => *sampled,
                _ => self.by_id(id),
            }
        } else if !context.is_remote() {
            context.is_sampled()
        } else if parent.get::<Stranger>().is_some() {
            self.by_chance()
        } else if self.as_parent {
            context.is_sampled()
        } else {
            self.by_id(id)
        };
        (sampled, context.trace_state().clone())
    }
}

impl ShouldSample for Sampling {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        id: TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let (sampled, trace_state) = self.decide(parent, id);
        let decision = if sampled { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop };
        SamplingResult { decision, attributes: Vec::new(), trace_state }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, SpanId, TraceFlags};

    use super::*;

    /// A ratio of a half records LOW but not HIGH.
    const LOW: TraceId = TraceId::from_bytes([1; 16]);
    const HIGH: TraceId = TraceId::from_bytes([0xfe; 16]);

    fn sampling(name: &str, argument: &str) -> Result<Sampling, ConfigError> {
        Sampling::from_env(&Env::from_iter([
            (OTEL_TRACES_SAMPLER.name, name),
            (OTEL_TRACES_SAMPLER_ARG.name, argument),
        ]))
    }

    fn parent(id: TraceId, sampled: bool, remote: bool) -> Context {
        let flags = TraceFlags::default().with_sampled(sampled);
        let span = SpanContext::new(id, SpanId::from_bytes([1; 8]), flags, remote, TraceState::default());
        Context::new().with_remote_span_context(span)
    }

    #[test]
    fn unknown_sampling_rule_stops_the_start() {
        for (name, argument) in
            [("", ""), ("parentbased_traceidratio", ""), ("parentbased_always_on", "nonsense")]
        {
            assert_eq!(sampling(name, argument), Ok(Sampling { ratio: 1.0, as_parent: true }), "{name}");
        }
        assert_eq!(sampling("always_off", ""), Ok(Sampling { ratio: 0.0, as_parent: false }));
        assert_eq!(sampling("traceidratio", "0.01"), Ok(Sampling { ratio: 0.01, as_parent: false }));
        for (name, argument) in [
            ("jaeger_remote", ""),
            ("parentbased_", ""),
            ("parentbased_parentbased_always_on", ""),
            ("Always_On", ""),
            ("traceidratio", "-0.1"),
            ("traceidratio", "1.01"),
            ("parentbased_traceidratio", "NaN"),
            ("traceidratio", "1%"),
        ] {
            let told = sampling(name, argument).unwrap_err().to_string();
            assert!(told.starts_with(OTEL_TRACES_SAMPLER.name), "{told}");
        }
    }

    #[test]
    fn sampling_follows_peers_and_not_strangers() {
        let (on, off) =
            (sampling("parentbased_always_on", "").unwrap(), sampling("parentbased_always_off", "").unwrap());
        for remote in [true, false] {
            assert!(off.decide(Some(&parent(LOW, true, remote)), LOW).0);
            assert!(!on.decide(Some(&parent(LOW, false, remote)), LOW).0);
        }
        assert!(!off.decide(Some(&parent(LOW, true, true).with_value(Stranger)), LOW).0);
        assert!(on.decide(Some(&parent(LOW, false, true).with_value(Stranger)), LOW).0);
    }

    #[test]
    fn stranger_gains_nothing_by_a_chosen_id() {
        let half = sampling("parentbased_traceidratio", "0.5").unwrap();
        assert!(half.decide(None, LOW).0 && !half.decide(None, HIGH).0);
        for id in [LOW, HIGH] {
            let stranger = parent(id, true, true).with_value(Stranger);
            let recorded = (0..2_000).filter(|_| half.decide(Some(&stranger), id).0).count();
            assert!((800..1_200).contains(&recorded), "{recorded} of 2000");
        }
    }

    #[test]
    fn caused_trace_is_recorded_if_its_cause_was() {
        let caused = |sampled| Context::new().with_value(Caused { sampled });
        let off = sampling("parentbased_always_off", "").unwrap();
        assert!(off.decide(Some(&caused(true)), HIGH).0 && !off.decide(Some(&caused(false)), HIGH).0);
        let by_id = sampling("traceidratio", "0.5").unwrap();
        assert!(by_id.decide(Some(&caused(false)), LOW).0 && !by_id.decide(Some(&caused(true)), HIGH).0);
    }
}
