//! The address book of an account.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    AddressId,
    text::{Label, PersonName},
    user::Address,
};

/// An entry of an account's address book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavedAddress {
    /// The entry's id.
    pub id: AddressId,
    /// The name that the owner gave to the entry.
    #[serde(default, deserialize_with = "Label::deserialize_kept_if_any")]
    pub label: Option<Label>,
    /// The person who receives the parcels. `null` means the owner of the account.
    #[serde(default, deserialize_with = "PersonName::deserialize_kept_if_any")]
    pub recipient: Option<PersonName>,
    /// The address.
    #[serde(deserialize_with = "Address::deserialize_kept")]
    pub address: Address,
    /// True for the default entry. Its address is the `shipping_address` of the account.
    pub is_default: bool,
}

/// The answer of `GET /me/addresses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AddressList {
    /// The entries, 20 at most: the default entry first, then the newest.
    pub items: Vec<SavedAddress>,
}

/// The body of `POST /me/addresses` and of `PUT /me/addresses/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "label": "Home", "recipient": "Ada Lovelace",
    "address": {"line1": "1 Main Street", "city": "Berlin", "postal_code": "10115", "country": "DE"}
}))]
pub struct AddressBody {
    /// A name for the entry, such as `Home`.
    #[serde(default)]
    pub label: Option<Label>,
    /// The person who receives the parcels. Without one, that is the owner of the account.
    #[serde(default)]
    pub recipient: Option<PersonName>,
    /// The address.
    pub address: Address,
    /// `true` makes the entry the default, and the previous default an ordinary entry. `false`
    /// makes it an ordinary entry. If omitted, a new entry becomes the default if there is none,
    /// and a changed entry stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub is_default: Option<bool>,
}
