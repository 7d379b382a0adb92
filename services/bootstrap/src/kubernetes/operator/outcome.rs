//! The outcome of an entry, and its consequences: its condition, its event, the next try.

use estore_client::PeerError;
use estore_contract::Code;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use super::resources::CatalogStatus;
use crate::refused::reason;

/// The state of an entry after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The shop has it.
    Ready,
    /// The shop refuses it until it is changed.
    Refused(String),
    /// A dependency is missing, or another entry depends on it; a change elsewhere may fix that.
    Waiting(&'static str, String),
    /// Outcome unknown; a retry follows soon.
    Unknown(String),
}

impl Outcome {
    /// Maps an error of the Inventory Service to an outcome.
    pub(super) fn of(error: &PeerError) -> Self {
        let PeerError::Answered(_, body) = error else { return Self::Unknown(error.to_string()) };
        let message = reason(body, str::to_owned);
        match error.code() {
            Some(Code::CategoryInUse) => Self::Waiting("InUse", message),
            Some(Code::ValidationError)
                if body.details.iter().any(|detail| {
                    // `lines[1].category`: an import names the line.
                    let field = detail.field.rsplit('.').next();
                    matches!(field, Some("category" | "parent")) && detail.message == "is not a category"
                }) =>
            {
                Self::Waiting("CategoryMissing", message)
            }
            Some(Code::ValidationError) => Self::Refused(message),
            // Any other answer may come from an older Inventory Service, or concern another
            // certificate.
            _ => Self::Unknown(error.to_string()),
        }
    }

    pub(super) const fn reason(&self) -> &'static str {
        match self {
            Self::Ready => "InShop",
            Self::Refused(_) => "Refused",
            Self::Waiting(reason, _) => reason,
            Self::Unknown(_) => "NoAnswer",
        }
    }

    pub(super) fn message(&self) -> &str {
        match self {
            Self::Ready => "the shop has this version",
            Self::Refused(message) | Self::Waiting(_, message) | Self::Unknown(message) => message,
        }
    }

    /// Returns the status of this outcome, or `None` if `before` has it already.
    pub(super) fn told(
        &self,
        before: Option<&CatalogStatus>,
        generation: Option<i64>,
        now: Time,
    ) -> Option<CatalogStatus> {
        let status = match self {
            Self::Ready => "True",
            // The previous version of the entry may still be for sale.
            Self::Unknown(_) => "Unknown",
            Self::Refused(_) | Self::Waiting(..) => "False",
        };
        let old =
            before.and_then(|before| before.conditions.iter().find(|condition| condition.type_ == "Ready"));
        let condition = Condition {
            type_: "Ready".to_owned(),
            status: status.to_owned(),
            reason: self.reason().to_owned(),
            message: self.message().to_owned(),
            observed_generation: generation,
            last_transition_time: old
                .filter(|old| old.status == status)
                .map_or(now, |old| old.last_transition_time.clone()),
        };
        (old != Some(&condition))
            .then(|| CatalogStatus { observed_generation: generation, conditions: vec![condition] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use estore_contract::{ErrorBody, FieldError, PeerName};
    use k8s_openapi::jiff::Timestamp;

    fn answered(code: Code, details: Vec<FieldError>) -> PeerError {
        let body = ErrorBody {
            error: String::new(),
            message: "no".to_owned(),
            status_code: code.status(),
            code: code.as_str().to_owned(),
            request_id: String::new(),
            details,
            order_id: None,
            decline_code: None,
        };
        PeerError::Answered(PeerName::Inventory, Box::new(body))
    }

    #[test]
    fn only_a_published_refusal_is_final() {
        let of = |code, field: &str, message: &str| {
            Outcome::of(&answered(code, vec![FieldError::new(field, message)]))
        };
        assert_eq!(of(Code::ValidationError, "price", "is bad"), Outcome::Refused("price is bad".to_owned()));
        assert_eq!(of(Code::ValidationError, "category", "is not a category").reason(), "CategoryMissing");
        assert_eq!(of(Code::ValidationError, "parent", "is not a category").reason(), "CategoryMissing");
        let line = of(Code::ValidationError, "lines[1].category", "is not a category");
        assert_eq!(line.reason(), "CategoryMissing");
        assert_eq!(
            of(Code::ValidationError, "parent", "is the category itself, or below it").reason(),
            "Refused"
        );
        assert_eq!(Outcome::of(&answered(Code::CategoryInUse, vec![])).reason(), "InUse");
        for code in [Code::Forbidden, Code::NotFound, Code::MethodNotAllowed] {
            assert_eq!(Outcome::of(&answered(code, vec![])).reason(), "NoAnswer");
        }
        let silent = PeerError::Unknown { peer: PeerName::Inventory, reason: "x".to_owned() };
        assert_eq!(Outcome::of(&silent).reason(), "NoAnswer");
    }

    #[test]
    fn status_is_written_once_for_each_change() {
        let time = |second| Time(Timestamp::from_second(second).unwrap());
        let first = Outcome::Ready.told(None, Some(1), time(1)).unwrap();
        assert_eq!(Outcome::Ready.told(Some(&first), Some(1), time(2)), None);
        let second = Outcome::Ready.told(Some(&first), Some(2), time(2)).unwrap();
        assert_eq!(
            (second.observed_generation, &second.conditions[0].last_transition_time),
            (Some(2), &time(1))
        );
        let third = Outcome::Refused("no".to_owned()).told(Some(&second), Some(3), time(3)).unwrap();
        assert_eq!(
            (third.conditions[0].status.as_str(), &third.conditions[0].last_transition_time),
            ("False", &time(3))
        );
    }
}
