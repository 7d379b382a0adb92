//! `POST /engine/load`: sets the load, by its dial or by a button.

use axum::{extract::State, response::Response};
use estore_contract::demo::{LoadRequest, MAX_ORDERS_PER_MINUTE, Mix};
use serde::Deserialize;

use crate::{
    Error,
    app::App,
    pages::engine::{self, Filled},
    session::Flash,
    texts::Texts,
    web::{Post, Visitor},
};

/// The largest weight of the mix.
const MOST: u32 = 1000;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    orders_per_minute: String,
    /// Set by a button that takes the place of the dial.
    preset: String,
    browse: String,
    basket: String,
    order: String,
    decline: String,
    cancel: String,
    refund: String,
}

impl Fields {
    fn rate(&self) -> &str {
        if self.preset.is_empty() { &self.orders_per_minute } else { &self.preset }
    }

    fn weights(&self) -> [&str; 6] {
        [&self.browse, &self.basket, &self.order, &self.decline, &self.cancel, &self.refund]
    }

    /// Reads the load, if it is valid.
    fn load(&self) -> Option<LoadRequest> {
        let number = |text: &str, most| text.trim().parse().ok().filter(|number: &u32| *number <= most);
        let orders_per_minute = number(self.rate(), MAX_ORDERS_PER_MINUTE)?;
        let weight = |text: &str| number(text, MOST);
        let [browse, basket, order, decline, cancel, refund] = self.weights();
        let mix = Mix {
            browse: weight(browse)?,
            basket: weight(basket)?,
            order: weight(order)?,
            decline: weight(decline)?,
            cancel: weight(cancel)?,
            refund: weight(refund)?,
        };
        Some(LoadRequest { orders_per_minute, mix: Some(mix) })
    }
}

pub(super) async fn set(
    State(app): State<App>,
    visitor: Visitor,
    Post(fields): Post<Fields>,
) -> Result<Response, Error> {
    let t = &Texts::of(visitor.locale).engine.load;
    let filled = Filled {
        orders_per_minute: Some(fields.rate().to_owned()),
        weights: Some(fields.weights().map(str::to_owned)),
        ..Filled::default()
    };
    let Some(load) = fields.load() else {
        return engine::mistake(&app, &visitor, t.wrong.to_owned(), filled).await;
    };
    match engine::engine(&app)?.shopper.set(&load).await {
        Ok(_state) => engine::done(&app, &visitor, Flash::LoadSet, "load").await,
        Err(error) => engine::refused(&app, &visitor, (t.name, &error), filled).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(orders_per_minute: &str, preset: &str, weight: &str) -> Fields {
        let [browse, basket, order, decline, cancel, refund] = ["1"; 6].map(str::to_owned);
        let (orders_per_minute, preset) = (orders_per_minute.to_owned(), preset.to_owned());
        let refund = if weight.is_empty() { refund } else { weight.to_owned() };
        Fields { orders_per_minute, preset, browse, basket, order, decline, cancel, refund }
    }

    #[test]
    fn button_takes_the_place_of_the_dial() {
        let rate = |dial, preset| fields(dial, preset, "").load().map(|load| load.orders_per_minute);
        assert_eq!([rate("120", ""), rate("120", "0"), rate("x", "3000")], [Some(120), Some(0), Some(3000)]);
        for wrong in ["", "3001", "-1", "1.5"] {
            assert_eq!(rate(wrong, ""), None, "{wrong}");
        }
    }

    #[test]
    fn weights_are_whole_and_bounded() {
        assert_eq!(
            fields("1", "", "1000").load().and_then(|load| load.mix).map(|mix| mix.refund),
            Some(1000)
        );
        for wrong in ["1001", "-1", "x"] {
            assert!(fields("1", "", wrong).load().is_none(), "{wrong}");
        }
    }
}
