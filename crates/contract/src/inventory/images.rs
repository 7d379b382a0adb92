//! Uploaded images.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The answer of `POST /images`. Products name the image by its `url`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "name": "5f2b51ca2fdc5baa31ec02e002f69aec.png", "url": "/images/5f2b51ca2fdc5baa31ec02e002f69aec.png",
    "content_type": "image/png", "width": 1200, "height": 900, "bytes": 184_213
}))]
pub struct UploadedImage {
    /// The name, which depends on the content alone.
    pub name: String,
    /// The path at this service, as in a product's `images`.
    pub url: String,
    /// The type under which the image is served.
    pub content_type: String,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// The size of the file.
    pub bytes: u64,
}
