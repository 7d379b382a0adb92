//! The reasons for which an image is refused.

use std::error::Error;

use estore_server::Problem;

/// The reason for which an image is refused, as its uploader reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("must be a whole, undamaged image of its content type ({0})")]
    Damaged(String),
    #[error("must have at most 40 million pixels")]
    TooManyPixels,
    #[error("must take at most 64 MiB when it is decoded; make it smaller")]
    TooMuchMemory,
    #[error("must be an SVG of at most 256 KiB")]
    LongSvg,
    #[error("must be an SVG without scripts, animations and references to other files ({0})")]
    ActiveSvg(String),
    #[error("must be an SVG with a width and a height in pixels, or a viewBox")]
    UnsizedSvg,
}

impl Refusal {
    pub(super) fn damaged(reason: impl Into<Box<dyn Error>>) -> Self {
        Self::Damaged(reason.into().to_string())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::field("body", refusal.to_string())
    }
}
