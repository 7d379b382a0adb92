//! Generates a catalogue of any size, in the form of the directory `catalog`. The same size gives
//! the same catalogue.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::{Context, Result};
use fastrand::Rng;
use serde_json::json;

const MATERIALS: [&str; 12] = [
    "copper", "oak", "linen", "steel", "wool", "cedar", "glass", "leather", "bamboo", "cork", "granite",
    "cotton",
];
const THINGS: [&str; 12] =
    ["kettle", "chair", "towel", "lamp", "mug", "tent", "knife", "shelf", "clock", "basket", "brush", "rug"];
const KINDS: [&str; 10] =
    ["foldable", "compact", "heavy", "light", "round", "tall", "quiet", "warm", "modern", "classic"];
/// Products in one file.
const FILE: usize = 5_000;
/// Units of each product: more than a run sells.
const STOCK: u32 = 1_000_000;

/// Returns the number of categories of each level. The lowest level has 50 products for each
/// category on average, and all levels have 2,000 categories at most.
fn levels(products: usize) -> [usize; 3] {
    let leaves = (products / 50).clamp(1, 1_800);
    [leaves.div_ceil(90), leaves.div_ceil(10), leaves]
}

/// Writes a catalogue of `products` into `directory`.
pub(crate) fn make(directory: &Path, products: usize) -> Result<()> {
    let below = directory.join("products");
    fs::create_dir_all(&below).with_context(|| below.display().to_string())?;
    let [tops, middles, leaves] = levels(products);
    // JSON is YAML.
    let category =
        |slug: String, parent: Option<String>| json!({"slug": slug, "name": slug, "parent": parent});
    let all = (0..tops)
        .map(|at| category(format!("top-{at}"), None))
        .chain((0..middles).map(|at| category(format!("middle-{at}"), Some(format!("top-{}", at % tops)))))
        .chain(
            (0..leaves).map(|at| category(format!("leaf-{at}"), Some(format!("middle-{}", at % middles)))),
        );
    lines(&directory.join("categories.yaml"), all)?;
    let mut rng = Rng::with_seed(15);
    for (number, first) in (0..products).step_by(FILE).enumerate() {
        let made = (first..products.min(first + FILE)).map(|at| product(&mut rng, at, leaves));
        lines(&below.join(format!("part-{number:03}.yaml")), made)?;
    }
    Ok(())
}

fn product(rng: &mut Rng, at: usize, leaves: usize) -> serde_json::Value {
    let mut pick = |words: &[&'static str]| words.get(rng.usize(..words.len())).copied().unwrap_or_default();
    let (kind, material, thing) = (pick(&KINDS), pick(&MATERIALS), pick(&THINGS));
    let (other, another) = (pick(&MATERIALS), pick(&THINGS));
    let description = format!(
        "A {kind} {material} {thing}. It is made to last, it is easy to clean, and it goes well with the {other} {another} of \
         the same series."
    );
    json!({
        "sku": format!("BENCH-{at:06}"),
        "name": format!("{kind} {material} {thing} {at}"),
        "description": description,
        "price": {"amount": rng.u32(100..50_000), "currency": "USD"},
        "category": format!("leaf-{}", at % leaves),
        "tags": [material, kind],
        "attributes": {"material": material},
        "stock": STOCK,
    })
}

/// Writes a YAML list with one entry on each line.
fn lines(path: &Path, entries: impl Iterator<Item = serde_json::Value>) -> Result<()> {
    let mut file = BufWriter::new(File::create(path).with_context(|| path.display().to_string())?);
    for entry in entries {
        writeln!(file, "- {entry}")?;
    }
    Ok(file.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_stay_below_two_thousand() {
        assert_eq!(levels(1_000), [1, 2, 20]);
        assert_eq!(levels(100_000).iter().sum::<usize>(), 2_000);
        assert_eq!(levels(3), [1, 1, 1]);
    }

    #[test]
    fn same_size_is_same_catalogue() {
        let directory = std::env::temp_dir().join(format!("estore-measure-catalogue-{}", std::process::id()));
        let read = |name: &str| fs::read_to_string(directory.join(name)).unwrap();
        make(&directory, 6_000).unwrap();
        let (first, second) = (read("products/part-000.yaml"), read("products/part-001.yaml"));
        assert_eq!([first.lines().count(), second.lines().count()], [5_000, 1_000]);
        assert_eq!(read("categories.yaml").lines().count(), 120 + 12 + 2);
        make(&directory, 6_000).unwrap();
        assert_eq!(read("products/part-000.yaml"), first);
        fs::remove_dir_all(directory).unwrap();
    }
}
