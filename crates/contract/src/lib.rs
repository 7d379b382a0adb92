//! The wire: what clients, tests and the services agree on, and nothing that does I/O.
//!
//! Source of every shape here: the HTTP contract described by each service's `openapi.json`.

mod address;
pub mod archive;
pub mod card;
mod country;
mod email;
pub mod error;
mod ids;
pub mod introspection;
pub mod inventory;
mod money;
mod page;
mod patch;
pub mod payment;
mod peer;
pub mod privacy;
mod readable;
pub mod reseal;
pub mod reservation;
pub mod restore;
mod sensitive;
mod sku;
pub mod text;
pub mod user;
pub mod verification;

pub use email::{Email, InvalidEmail};
pub use error::{Code, ErrorBody, FieldError};
pub use ids::{MessageId, OrderId, PaymentMethodId, SessionId, UserId, VerificationId};
pub use money::{Currency, InvalidCurrency, Money};
pub use page::{Limit, Page};
pub use peer::PeerName;
pub use sensitive::Sensitive;
pub use sku::{InvalidSku, Quantity, Sku};
