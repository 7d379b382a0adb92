//! Accepts emails that other services request.

use std::collections::{BTreeSet, HashMap};

use estore_base::{fail_point, random};
use estore_contract::{
    FieldError, PeerName, UserId, VerificationId,
    verification::{Contact, VerificationRequest},
};

use crate::{
    Error,
    app::App,
    domain::{Addressee, addressee},
    peers::user,
    store::verifications::{self, NewMail},
};

/// Puts emails in the outbox, all or none, and wakes the job that sends them. Returns the id of
/// each by its idempotency key. An email about an order of a closed account has no id.
pub(crate) async fn accept(
    app: &App,
    peer: PeerName,
    requests: Vec<VerificationRequest>,
) -> Result<HashMap<String, VerificationId>, Error> {
    check_keys(&requests)?;
    let contacts = contacts(app, &requests).await?;
    let mut mails = Vec::with_capacity(requests.len());
    for request in requests {
        mails.extend(addressed(app, request, &contacts)?);
    }
    let accepted = if mails.is_empty() {
        HashMap::new()
    } else {
        verifications::accept(&app.database, peer, &mails, app.clock.now()).await?
    };
    fail_point!("verification.accepted.written");
    app.mail.notify_one();
    Ok(accepted)
}

fn check_keys(requests: &[VerificationRequest]) -> Result<(), Error> {
    let mut keys = BTreeSet::new();
    for VerificationRequest { idempotency_key, .. } in requests {
        if !(1..=255).contains(&idempotency_key.chars().count()) {
            return Err(wrong("idempotency_key", "must have 1 to 255 characters"));
        }
        if !keys.insert(idempotency_key) {
            return Err(wrong("idempotency_key", "must differ for each email"));
        }
    }
    Ok(())
}

/// Returns the contact details of account owners. Lists show them for an email until it is sent;
/// the outbox then reads them again.
async fn contacts(app: &App, requests: &[VerificationRequest]) -> Result<HashMap<UserId, Contact>, Error> {
    let owned = requests.iter().filter(|request| addressee(request.purpose) == Addressee::Owner);
    let owners: BTreeSet<UserId> = owned.map(|request| request.user_id).collect();
    Ok(user::contacts(&app.user, owners).await?)
}

/// Returns the email for `request`, or `None` if its account is closed.
fn addressed(
    app: &App,
    mut request: VerificationRequest,
    contacts: &HashMap<UserId, Contact>,
) -> Result<Option<NewMail>, Error> {
    let email = match addressee(request.purpose) {
        Addressee::Named => match request.email.take() {
            Some(email) => email,
            None => return Err(wrong("email", "is required for an email of this purpose")),
        },
        Addressee::Owner => {
            let Some(owner) = contacts.get(&request.user_id) else { return Ok(None) };
            request.locale = owner.locale;
            request.data.insert("name".to_owned(), owner.name.to_string().into());
            owner.email.clone()
        }
    };
    let id = VerificationId(random::uuid_v7(app.clock.as_ref()));
    Ok(Some(NewMail { id, email, request, sample_version: None }))
}

fn wrong(field: &str, why: &str) -> Error {
    Error::Invalid(vec![FieldError::new(field, why)])
}
