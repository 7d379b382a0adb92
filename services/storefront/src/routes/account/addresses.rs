//! `GET /account/addresses` and `POST /account/addresses`: the address book.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::user::SavedAddress;

use crate::{
    Error,
    forms::{AddressFields, CountryName, Wrongs, countries},
    pages::{self, Frame, Tone, labels},
    session::Flash,
    web::{Kept, Shopper},
};

#[derive(Template)]
#[template(path = "account/addresses.html")]
struct AddressesPage {
    page: Frame,
    addresses: Vec<SavedAddress>,
    values: AddressFields,
    wrongs: Wrongs,
    countries: &'static [CountryName],
}

impl AddressesPage {
    async fn read(shopper: &Shopper) -> Result<Self, Error> {
        let addresses = shopper.user().addresses().await?;
        let page = Frame::titled(shopper, |t| t.account.addresses);
        let (values, wrongs) = (AddressFields::default(), Wrongs::default());
        Ok(Self { countries: countries(page.locale), page, addresses, values, wrongs })
    }

    fn line(&self, saved: &SavedAddress) -> String {
        labels::saved_address(saved, self.page.locale)
    }
}

pub(super) async fn show(shopper: Shopper) -> Result<Response, Error> {
    pages::show(&shopper, &AddressesPage::read(&shopper).await?)
}

pub(super) async fn add(Kept(shopper, fields): Kept<Shopper, AddressFields>) -> Result<Response, Error> {
    let mut wrongs = Wrongs::default();
    let is_full = match fields.read(&mut wrongs) {
        Some(body) => match shopper.user().add_address(&body).await {
            Ok(_) => {
                Flash::AddressSaved.keep(&shopper.jar);
                return Ok(pages::go_to("/account/addresses"));
            }
            Err(error) if error.code() == "too_many_addresses" => true,
            Err(error) => return Err(error.into()),
        },
        None => false,
    };
    let mut shown = AddressesPage { values: fields, wrongs, ..AddressesPage::read(&shopper).await? };
    let t = shown.page.t;
    shown.page.notice(Tone::Bad, if is_full { t.account.too_many_addresses } else { t.common.check_fields });
    let status = if is_full { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    pages::show_with(status, &shopper, &shown)
}
