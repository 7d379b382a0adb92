//! Names each asset by the hash of its content, and compresses it ahead of time.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

/// The constant of each asset, its file, and its content type.
const ASSETS: [(&str, &str, &str); 6] = [
    ("CSS", "shop.css", "text/css; charset=utf-8"),
    ("ADMIN_CSS", "admin.css", "text/css; charset=utf-8"),
    ("ENGINE_CSS", "engine.css", "text/css; charset=utf-8"),
    ("JS", "shop.js", "text/javascript; charset=utf-8"),
    ("ICONS", "icons.svg", "image/svg+xml"),
    ("FAVICON", "favicon.svg", "image/svg+xml"),
];

#[expect(clippy::disallowed_methods, reason = "the protocol of build scripts")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=assets");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let (mut constants, mut rows) = (String::new(), String::new());
    for (constant, file, kind) in ASSETS {
        let content = fs::read(Path::new("assets").join(file))?;
        let (stem, extension) = file.split_once('.').ok_or("an asset has an extension")?;
        let hash = hex::encode(Sha256::digest(&content));
        let name = format!("{stem}-{}.{extension}", hash.get(..12).ok_or("a hash has 64 digits")?);
        fs::write(out.join(&name), &content)?;
        fs::write(out.join(format!("{name}.gz")), gzip(&content)?)?;
        fs::write(out.join(format!("{name}.br")), brotli(&content)?)?;
        writeln!(
            constants,
            "/// The path of `{file}`.\npub(crate) const {constant}: &str = \"/assets/{name}\";"
        )?;
        let include =
            |suffix: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}{suffix}\"))");
        writeln!(
            rows,
            "    Asset {{ name: \"{name}\", kind: \"{kind}\", plain: {}, gzip: {}, brotli: {} }},",
            include(""),
            include(".gz"),
            include(".br")
        )?;
    }
    let count = ASSETS.len();
    fs::write(
        out.join("assets.rs"),
        format!("{constants}\nstatic ASSETS: [Asset; {count}] = [\n{rows}];\n"),
    )?;
    Ok(())
}

fn gzip(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn brotli(mut content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut content, &mut out, &brotli::enc::BrotliEncoderParams::default())?;
    Ok(out)
}
