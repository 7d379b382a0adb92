//! The fields of forms that several pages share: what a visitor wrote, the type that it must be,
//! and what is wrong with it.

mod address;
mod card;
mod countries;
pub(crate) mod money;
mod wrong;

pub(crate) use address::AddressFields;
pub(crate) use card::CardFields;
pub(crate) use countries::{CountryName, countries, name_of as country_name};
pub(crate) use wrong::{Wrong, Wrongs};
