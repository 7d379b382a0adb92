//! Uploads of images by admins.

use estore_contract::inventory::UploadedImage;
use estore_testbed::ServiceName::Inventory;
use estore_tests::{Access, Answer, Customer, access, unique};
use reqwest::Method;
use serde_json::json;

/// A PNG of one pixel.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00,
    0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81,
    0x77, 0xcd, 0x72, 0xb6, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

async fn upload(customer: &Customer, kind: &str, data: &[u8]) -> Answer {
    let request = customer.request(Method::POST, Inventory, "/images").header("Content-Type", kind);
    Answer::of(request.body(data.to_vec())).await
}

fn svg(content: &str) -> Vec<u8> {
    let (start, mark) = (r#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6">"#, unique());
    format!("{start}<title>{mark}</title>{content}</svg>").into_bytes()
}

/// Returns the checksum of a chunk of a PNG.
fn crc(data: &[u8]) -> u32 {
    let bit = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !data.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), bit))
}

/// Returns the PNG with another size in its header.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut data = PNG.to_vec();
    data[16..20].copy_from_slice(&width.to_be_bytes());
    data[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&data[12..29]);
    data[29..33].copy_from_slice(&sum.to_be_bytes());
    data
}

#[tokio::test]
async fn uploaded_image_is_served_and_named() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let data = svg("<rect width='8' height='6'/>");
    let first: UploadedImage = upload(&admin, "image/svg+xml", &data).await.expect(201).json();
    assert_eq!((first.width, first.height, first.bytes), (8, 6, data.len() as u64));
    let again: UploadedImage = upload(&admin, "image/svg+xml; charset=utf-8", &data).await.expect(200).json();
    assert_eq!(again, first);
    let served = Answer::of(access.http.get(access.url(Inventory, &first.url))).await.expect(200);
    assert_eq!((served.header("content-type"), served.text.as_bytes()), ("image/svg+xml", data.as_slice()));
    assert_eq!(served.header("cache-control"), "public, max-age=31536000, immutable");

    let sku = admin.add_product(0, 100).await;
    let path = format!("/products/{sku}");
    let request = admin.request(Method::PATCH, Inventory, &path).header("If-Match", "*");
    let patched = Answer::of(request.json(&json!({"images": [first.url]}))).await.expect(200).value();
    assert_eq!(patched["images"], json!([first.url]));
}

#[tokio::test]
async fn large_image_arrives_whole() {
    let access = access();
    let admin = Customer::admin(&access).await;
    // Text chunks may stand before the last chunk, and fill the file.
    let (head, end) = PNG.split_at(PNG.len() - 12);
    let text = [b"tEXtnote\0", unique().repeat(20_000).as_bytes()].concat();
    let length = u32::try_from(text.len() - 4).unwrap();
    let data = [head, &length.to_be_bytes()[..], &text, &crc(&text).to_be_bytes(), end].concat();
    assert!(data.len() > 600_000);
    let image: UploadedImage = upload(&admin, "image/png", &data).await.expect(201).json();
    assert_eq!((image.width, image.height, image.bytes), (1, 1, data.len() as u64));
    let served = access.http.get(access.url(Inventory, &image.url)).send().await.unwrap();
    assert_eq!(served.headers()["content-length"], data.len().to_string().as_str());
    assert!(served.bytes().await.unwrap() == data);
}

#[tokio::test]
async fn harmful_or_damaged_image_is_refused() {
    let admin = Customer::admin(&access()).await;
    let _bomb = upload(&admin, "image/png", &claiming(40_001, 1000)).await.refused(422, "validation_error");
    let cut_off = &PNG[..PNG.len() - 20];
    for (kind, data) in [
        ("image/svg+xml", svg("<script>alert(1)</script>")),
        ("image/svg+xml", svg("<rect onload='alert(1)'/>")),
        ("image/svg+xml", svg("<image href='https://example.com/a.png'/>")),
        ("image/svg+xml", PNG.to_vec()),
        ("image/png", cut_off.to_vec()),
        ("image/png", svg("")),
        ("image/jpeg", PNG.to_vec()),
        ("image/webp", PNG.to_vec()),
        ("image/avif", PNG.to_vec()),
        ("image/png", Vec::new()),
    ] {
        let refused = upload(&admin, kind, &data).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "body", "{kind}");
    }
    for kind in ["image/gif", "text/html", "application/json"] {
        let _unknown = upload(&admin, kind, PNG).await.refused(415, "unsupported_media_type");
    }
    let large = vec![0; 5 * 1024 * 1024 + 1];
    let _large = upload(&admin, "image/png", &large).await.refused(413, "payload_too_large");
}

#[tokio::test]
async fn customer_may_not_upload_images() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let _forbidden = upload(&customer, "image/png", PNG).await.refused(403, "forbidden");
    let request = access.http.post(access.url(Inventory, "/images")).header("Content-Type", "image/png");
    let _anonymous = Answer::of(request.body(PNG.to_vec())).await.refused(401, "missing_token");
}
