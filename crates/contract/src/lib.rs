//! The wire types that clients, tests and the services share. Nothing here does I/O.
//!
//! The source of every shape is the HTTP contract in each service's `openapi.json`.

#![warn(missing_docs)]

pub mod activity;
mod address;
mod address_book;
mod address_patch;
pub mod archive;
pub mod audit;
pub mod card;
mod country;
mod currency;
pub mod demo;
mod email;
pub mod error;
mod fold;
mod ids;
pub mod introspection;
pub mod inventory;
mod moment;
mod money;
mod names;
mod order_number;
mod page;
mod patch;
pub mod payment;
mod peer;
pub mod privacy;
mod readable;
pub mod reseal;
pub mod reservation;
pub mod restore;
pub mod sales;
mod secret_token;
mod sensitive;
mod shipping_address;
mod sku;
pub mod text;
pub mod user;
pub mod verification;

pub use address_patch::AddressPatch;
pub use currency::{Currency, InvalidCurrency};
pub use email::{Email, InvalidEmail};
pub use error::{Code, ErrorBody, FieldError};
pub use fold::{FOLDING, fold};
pub use ids::{AddressId, MessageId, OrderId, PaymentMethodId, SessionId, UserId, VerificationId};
pub use moment::Moment;
pub use money::{Money, MoneyPatch};
pub use names::UnknownName;
pub use order_number::{InvalidOrderNumber, OrderNumber, OrderRef};
pub use page::{Limit, Page};
pub use peer::PeerName;
pub use secret_token::SecretToken;
pub use sensitive::Sensitive;
pub use sku::{InvalidSku, Quantity, Sku};
