//! `GET /account` and `POST /account`: name, telephone, and the language of emails.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::{
    text::{PersonName, Phone},
    user::{Profile, ProfilePatch},
    verification::Locale,
};
use serde::Deserialize;

use crate::{
    Error,
    forms::{Wrong, Wrongs},
    pages::{self, Frame, Tone},
    session::Flash,
    web::{Kept, Shopper},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
    phone: String,
    locale: String,
}

#[derive(Template)]
#[template(path = "account/profile.html")]
struct ProfilePage {
    page: Frame,
    profile: Profile,
    values: Fields,
    wrongs: Wrongs,
}

impl Fields {
    fn of(profile: &Profile) -> Self {
        Self {
            name: profile.name.to_string(),
            phone: profile.phone.as_ref().map(ToString::to_string).unwrap_or_default(),
            locale: profile.locale.as_str().to_owned(),
        }
    }

    /// Reads the fields, or notes what is wrong. An empty telephone number is removed.
    fn read(&self, wrongs: &mut Wrongs) -> Option<ProfilePatch> {
        let name =
            wrongs.read("name", &self.name, Wrong::Name, |text| PersonName::try_from(text.to_owned()).ok());
        let phone = wrongs.read_optional("phone", &self.phone, Wrong::Phone, phone);
        let locale: Option<Locale> =
            wrongs.read("locale", &self.locale, Wrong::Choice, |text| text.parse().ok());
        Some(ProfilePatch {
            name: Some(name?),
            phone: Some(phone?),
            locale: Some(locale?),
            ..ProfilePatch::default()
        })
    }
}

/// Reads a number with spaces, as people group it.
fn phone(text: &str) -> Option<Phone> {
    let plain = |letter: &char| !letter.is_whitespace() && !matches!(letter, '-' | '/' | '(' | ')');
    Phone::try_from(text.chars().filter(plain).collect::<String>()).ok()
}

pub(super) async fn show(shopper: Shopper) -> Result<Response, Error> {
    let profile = shopper.user().me().await?;
    let (values, wrongs) = (Fields::of(&profile), Wrongs::default());
    let page = Frame::titled(&shopper, |t| t.account.title);
    pages::show(&shopper, &ProfilePage { page, profile, values, wrongs })
}

pub(super) async fn save(Kept(shopper, fields): Kept<Shopper, Fields>) -> Result<Response, Error> {
    let mut wrongs = Wrongs::default();
    if let Some(patch) = fields.read(&mut wrongs) {
        shopper.user().change_profile(&patch).await?;
        Flash::Saved.keep(&shopper.jar);
        return Ok(pages::go_to("/account"));
    }
    let profile = shopper.user().me().await?;
    let mut page = Frame::titled(&shopper, |t| t.account.title);
    page.notice(Tone::Bad, page.t.common.check_fields);
    let shown = ProfilePage { page, profile, values: fields, wrongs };
    pages::show_with(StatusCode::UNPROCESSABLE_ENTITY, &shopper, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(name: &str, phone: &str, locale: &str) -> Fields {
        Fields { name: name.to_owned(), phone: phone.to_owned(), locale: locale.to_owned() }
    }

    #[test]
    fn profile_is_read_and_an_empty_phone_removed() {
        let mut wrongs = Wrongs::default();
        let patch = fields(" Ada ", "+49 30 123-4567", "de").read(&mut wrongs).unwrap();
        assert_eq!(patch.phone.unwrap().unwrap().as_str(), "+49301234567");
        assert_eq!((patch.name.unwrap().as_str(), patch.locale), ("Ada", Some(Locale::De)));
        assert_eq!(fields("Ada", " ", "en").read(&mut wrongs).unwrap().phone, Some(None));
        assert!(wrongs.is_empty());
    }

    #[test]
    fn each_wrong_field_of_a_profile_is_named() {
        let mut wrongs = Wrongs::default();
        assert!(fields("", "030 1234567", "fr").read(&mut wrongs).is_none());
        let of = ["name", "phone", "locale"].map(|field| wrongs.of(field));
        assert_eq!(of, [Some(Wrong::Missing), Some(Wrong::Phone), Some(Wrong::Choice)]);
    }
}
