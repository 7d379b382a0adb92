//! The measured paths.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A path of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Path {
    Product,
    List,
    /// Measured as the catalogue grows; the twin does not have it.
    #[value(skip)]
    Search,
    Me,
    Orders,
    Card,
    Order,
    Login,
}

impl Path {
    /// The paths of a comparison.
    pub(crate) const COMPARED: [Self; 7] =
        [Self::Product, Self::List, Self::Me, Self::Orders, Self::Card, Self::Order, Self::Login];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::List => "list",
            Self::Search => "search",
            Self::Me => "me",
            Self::Orders => "orders",
            Self::Card => "card",
            Self::Order => "order",
            Self::Login => "login",
        }
    }

    pub(crate) const fn request(self) -> &'static str {
        match self {
            Self::Product => "`GET /products/{sku}`, 1,000 products in turn",
            Self::List => "`GET /products?category=…&limit=20&sort=price`",
            Self::Search => "`GET /products?q=…&limit=20`, 4 questions in turn",
            Self::Me => "`GET /me`",
            Self::Orders => "`GET /orders?limit=20`",
            Self::Card => "`POST /payment-methods` and `DELETE /payment-methods/{id}`, in turn",
            Self::Order => "`POST /orders`, one line, 200 products in turn; one customer places them all",
            Self::Login => "`POST /login`, Argon2id with 19 MiB and 2 passes",
        }
    }

    /// Returns the work of the floor; `None` if the floor does not have the path.
    pub(crate) const fn floor(self) -> Option<&'static str> {
        match self {
            Self::Product => Some("one `GET` of Redis"),
            Self::List => Some("one `MGET` of 20"),
            Self::Card => Some("one durable call for each"),
            Self::Order => Some("12 durable calls, 2 of them behind an HTTP hop"),
            Self::Login => Some("the hash alone, as many at once as there are cores"),
            Self::Search | Self::Me | Self::Orders => None,
        }
    }

    /// Returns the number of connections of the closed loop.
    pub(crate) const fn connections(self) -> u16 {
        match self {
            Self::Order => 48,
            Self::Login => 8,
            _ => 32,
        }
    }

    /// Returns the number of calls that a request of the open model makes: a saved card is deleted
    /// again. A peak counts each call.
    pub(crate) const fn calls(self) -> f64 {
        match self {
            Self::Card => 2.0,
            _ => 1.0,
        }
    }

    /// Returns the status of a success.
    pub(crate) const fn expected(self) -> u16 {
        match self {
            Self::Card | Self::Order => 201,
            _ => 200,
        }
    }
}
