//! The caller's address book.

use axum::http::Method;
use estore_contract::{
    AddressId,
    user::{AddressBody, AddressList, SavedAddress},
};

use crate::api::{ApiError, User};

impl User<'_> {
    /// Lists the addresses, the default one first.
    pub(crate) async fn addresses(&self) -> Result<Vec<SavedAddress>, ApiError> {
        let list: AddressList = self.call.get("/me/addresses").await?;
        Ok(list.items)
    }

    pub(crate) async fn add_address(&self, body: &AddressBody) -> Result<SavedAddress, ApiError> {
        self.call.send(Method::POST, "/me/addresses", body).await
    }

    pub(crate) async fn change_address(
        &self,
        id: AddressId,
        body: &AddressBody,
    ) -> Result<SavedAddress, ApiError> {
        self.call.send(Method::PUT, &format!("/me/addresses/{id}"), body).await
    }

    pub(crate) async fn delete_address(&self, id: AddressId) -> Result<(), ApiError> {
        self.call.ask(Method::DELETE, &format!("/me/addresses/{id}")).await
    }
}
