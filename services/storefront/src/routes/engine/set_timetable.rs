//! `POST /engine/timetable`: starts the timetable, or changes it.

use axum::{extract::State, response::Response};
use estore_contract::demo::Timetable;
use serde::Deserialize;

use crate::{
    Error,
    app::App,
    pages::engine::{self, Filled},
    session::Flash,
    texts::Texts,
    web::{Post, Visitor},
};

/// The longest pause, in seconds.
const MOST: u32 = 3600;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    seed: String,
    min_pause: String,
    max_pause: String,
}

/// Reads the timetable, if it is valid.
fn timetable(fields: &Fields) -> Option<Timetable> {
    let pause = |text: &str| text.trim().parse().ok().filter(|pause| (1..=MOST).contains(pause));
    let timetable = Timetable {
        seed: fields.seed.trim().parse().ok()?,
        min_pause_seconds: pause(&fields.min_pause)?,
        max_pause_seconds: pause(&fields.max_pause)?,
    };
    (timetable.min_pause_seconds <= timetable.max_pause_seconds).then_some(timetable)
}

pub(super) async fn set(
    State(app): State<App>,
    visitor: Visitor,
    Post(fields): Post<Fields>,
) -> Result<Response, Error> {
    let t = &Texts::of(visitor.locale).engine.faults;
    let timetable = timetable(&fields);
    let Fields { seed, min_pause, max_pause } = fields;
    let filled = Filled { timetable: Some([seed, min_pause, max_pause]), ..Filled::default() };
    let Some(timetable) = timetable else {
        return engine::mistake(&app, &visitor, t.wrong_timetable.to_owned(), filled).await;
    };
    match engine::engine(&app)?.chaos.follow(&timetable).await {
        Ok(_timetable) => engine::done(&app, &visitor, Flash::TimetableSet, "faults").await,
        Err(error) => engine::refused(&app, &visitor, (t.name, &error), filled).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timetable_has_a_seed_and_ordered_pauses() {
        let read = |[seed, min_pause, max_pause]: [&str; 3]| {
            let [seed, min_pause, max_pause] = [seed, min_pause, max_pause].map(str::to_owned);
            timetable(&Fields { seed, min_pause, max_pause })
        };
        let good = Timetable { seed: 17, min_pause_seconds: 5, max_pause_seconds: 5 };
        assert_eq!(read(["17", "5", " 5 "]), Some(good));
        for wrong in [["", "5", "9"], ["-1", "5", "9"], ["1", "0", "9"], ["1", "9", "5"], ["1", "5", "3601"]]
        {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
