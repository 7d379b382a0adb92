//! `GET /account/addresses/{id}` and `POST /account/addresses/{id}`: one entry of the address book.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use estore_contract::AddressId;

use crate::{
    Error,
    forms::{AddressFields, CountryName, Wrongs, countries},
    pages::{self, Frame, Tone},
    session::Flash,
    web::{Kept, Shopper},
};

#[derive(Template)]
#[template(path = "account/address.html")]
struct AddressPage {
    page: Frame,
    id: AddressId,
    values: AddressFields,
    wrongs: Wrongs,
    countries: &'static [CountryName],
}

impl AddressPage {
    fn new(shopper: &Shopper, id: AddressId, fields: AddressFields, wrongs: Wrongs) -> Self {
        let mut page = Frame::titled(shopper, |t| t.account.edit_address);
        if !wrongs.is_empty() {
            page.notice(Tone::Bad, page.t.common.check_fields);
        }
        Self { countries: countries(page.locale), page, id, values: fields, wrongs }
    }
}

pub(super) async fn show(shopper: Shopper, Path(id): Path<String>) -> Result<Response, Error> {
    let id: AddressId = id.parse().map_err(|_| Error::NotFound)?;
    let saved = shopper.user().addresses().await?;
    let saved = saved.iter().find(|saved| saved.id == id).ok_or(Error::NotFound)?;
    pages::show(&shopper, &AddressPage::new(&shopper, id, AddressFields::from(saved), Wrongs::default()))
}

pub(super) async fn change(
    Path(id): Path<String>,
    Kept(shopper, fields): Kept<Shopper, AddressFields>,
) -> Result<Response, Error> {
    let id: AddressId = id.parse().map_err(|_| Error::NotFound)?;
    let mut wrongs = Wrongs::default();
    if let Some(body) = fields.read(&mut wrongs) {
        shopper.user().change_address(id, &body).await?;
        Flash::AddressSaved.keep(&shopper.jar);
        return Ok(pages::go_to("/account/addresses"));
    }
    let shown = AddressPage::new(&shopper, id, fields, wrongs);
    pages::show_with(StatusCode::UNPROCESSABLE_ENTITY, &shopper, &shown)
}
