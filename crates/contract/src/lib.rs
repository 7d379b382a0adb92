//! The wire: what clients, tests and the services agree on, and nothing that does I/O.
//!
//! Source of every shape here: the HTTP contract described by each service's `openapi.json`.

mod address;
mod address_patch;
pub mod archive;
pub mod card;
mod country;
mod currency;
mod email;
pub mod error;
mod fold;
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

pub use address_patch::AddressPatch;
pub use currency::{Currency, InvalidCurrency};
pub use email::{Email, InvalidEmail};
pub use error::{Code, ErrorBody, FieldError};
pub use fold::{FOLDING, fold};
pub use ids::{MessageId, OrderId, PaymentMethodId, SessionId, UserId, VerificationId};
pub use money::{Money, MoneyPatch};
pub use page::{Limit, Page};
pub use peer::PeerName;
pub use sensitive::Sensitive;
pub use sku::{InvalidSku, Quantity, Sku};
