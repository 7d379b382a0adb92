//! The program's own settings.

use estore_base::{
    config::{ConfigError, Env, Setting, Settings},
    identity,
    reloadable::TLS_RELOAD_SECONDS,
};
use estore_client::PAYMENT_SERVICE_URL;
use estore_contract::demo::Timetable;
use estore_server::{API, TELEMETRY};

use crate::domain::check_timetable;

const CHAOS_SEED: Setting = Setting::number(
    "CHAOS_SEED",
    "Seed of a timetable that begins with the program; without it, no faults come by themselves.",
)
.optional()
.example("17");
const CHAOS_MIN_PAUSE_SECONDS: Setting =
    Setting::number("CHAOS_MIN_PAUSE_SECONDS", "Shortest pause of that timetable between two faults.")
        .default("5")
        .range(1, 3600);
const CHAOS_MAX_PAUSE_SECONDS: Setting =
    Setting::number("CHAOS_MAX_PAUSE_SECONDS", "Longest pause of that timetable between two faults.")
        .default("30")
        .range(1, 3600);
pub(crate) const POD_NAMESPACE: Setting =
    Setting::text("POD_NAMESPACE", "The namespace in Kubernetes whose pods are hit.").example("shop");
pub(crate) const CHAOS_LABELS: Setting = Setting::text(
    "CHAOS_LABELS",
    "Label selector of the shop's pods; those of a component have its name in `app.kubernetes.io/component`.",
)
.example("app.kubernetes.io/name=estore,app.kubernetes.io/instance=shop");
pub(crate) const CHAOS_TARGETS: Setting = Setting::text(
    "CHAOS_TARGETS",
    "The components that run as pods of that namespace, with commas between them.",
)
.default("user,verification,inventory,payment,storefront,redis,postgres");
pub(crate) const CHAOS_MAILBOX: Setting = Setting::text(
    "CHAOS_MAILBOX",
    "Name of the mailbox's Deployment; without it, the mail server cannot be taken down.",
)
.optional()
.example("shop-mail");

/// The settings of this program.
pub const SETTINGS: Settings = Settings {
    title: "Chaos",
    lists: &[
        API[0],
        API[1],
        TELEMETRY,
        &[PAYMENT_SERVICE_URL],
        identity::SETTINGS,
        &[TLS_RELOAD_SECONDS, CHAOS_SEED, CHAOS_MIN_PAUSE_SECONDS, CHAOS_MAX_PAUSE_SECONDS],
        &[POD_NAMESPACE, CHAOS_LABELS, CHAOS_TARGETS, CHAOS_MAILBOX],
    ],
};

/// Reads the timetable that begins with the program, if there is one.
pub(crate) fn timetable(env: &Env) -> Result<Option<Timetable>, ConfigError> {
    let Some(seed) = env.optional(&CHAOS_SEED)? else { return Ok(None) };
    let table = Timetable {
        seed,
        min_pause_seconds: env.get(&CHAOS_MIN_PAUSE_SECONDS)?,
        max_pause_seconds: env.get(&CHAOS_MAX_PAUSE_SECONDS)?,
    };
    let checked = check_timetable(table);
    checked.map(Some).map_err(|_| CHAOS_MAX_PAUSE_SECONDS.wrong("must be at least CHAOS_MIN_PAUSE_SECONDS"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<Timetable>, String> {
        timetable(&pairs.iter().copied().collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn timetable_begins_only_with_a_seed() {
        assert_eq!(read(&[("CHAOS_MIN_PAUSE_SECONDS", "7")]), Ok(None));
        let table = Timetable { seed: 17, min_pause_seconds: 5, max_pause_seconds: 30 };
        assert_eq!(read(&[("CHAOS_SEED", "17")]), Ok(Some(table)));
    }

    #[test]
    fn wrong_pause_names_its_setting() {
        for (setting, value) in [
            ("CHAOS_MIN_PAUSE_SECONDS", "0"),
            ("CHAOS_MAX_PAUSE_SECONDS", "3601"),
            ("CHAOS_MAX_PAUSE_SECONDS", "4"),
        ] {
            let refused = read(&[("CHAOS_SEED", "1"), (setting, value)]).unwrap_err();
            assert!(refused.starts_with(setting), "{refused}");
        }
    }
}
