//! The basket: what a visitor wants to order, and the price that they saw.

use estore_base::seal::KeyRing;
use estore_contract::{Money, Quantity, Sku};

use super::{Cookie, Jar};

/// The most lines of a basket.
const MOST_LINES: usize = 50;
/// The longest value of its cookie. Browsers keep 4096 bytes with the name and the attributes.
const LONGEST: usize = 3800;
const SEAL: [&str; 1] = ["basket"];

/// One line of a basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) sku: Sku,
    pub(crate) quantity: Quantity,
    /// The price of one unit when the visitor put it in, or last confirmed it.
    pub(crate) seen: Money,
}

/// The basket of a visitor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Basket {
    pub(crate) lines: Vec<Line>,
}

/// The basket has no room for another line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BasketFull;

impl Basket {
    /// Reads the basket of a browser.
    pub(crate) fn open(jar: &Jar, keys: &KeyRing) -> Self {
        let text = jar.get(Cookie::Basket).and_then(|sealed| keys.open(&SEAL, sealed).ok());
        text.and_then(|text| Self::parse(std::str::from_utf8(&text).ok()?)).unwrap_or_default()
    }

    /// Gives the basket to the browser, or keeps the old one if it would be too long.
    pub(crate) fn keep(&self, jar: &Jar, keys: &KeyRing) -> Result<(), BasketFull> {
        if self.lines.is_empty() {
            jar.remove(Cookie::Basket);
            return Ok(());
        }
        let sealed = keys.seal(&SEAL, self.to_text().as_bytes());
        let fits = sealed.filter(|sealed| sealed.len() <= LONGEST && self.lines.len() <= MOST_LINES);
        jar.set(Cookie::Basket, fits.ok_or(BasketFull)?);
        Ok(())
    }

    /// Adds units of a product, at most as many as one order may have.
    pub(crate) fn add(&mut self, sku: Sku, quantity: Quantity, seen: Money) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.sku == sku) {
            let sum = (line.quantity.get() + quantity.get()).min(Quantity::MAX);
            line.quantity = Quantity::new(sum).unwrap_or(line.quantity);
            line.seen = seen;
        } else {
            self.lines.push(Line { sku, quantity, seen });
        }
    }

    /// Sets the units of a product that is in the basket.
    pub(crate) fn set(&mut self, sku: &Sku, quantity: Quantity) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.sku == *sku) {
            line.quantity = quantity;
        }
    }

    /// Notes the price that the visitor saw of a product that is in the basket.
    pub(crate) fn confirm(&mut self, sku: &Sku, seen: Money) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.sku == *sku) {
            line.seen = seen;
        }
    }

    pub(crate) fn remove(&mut self, sku: &Sku) {
        self.lines.retain(|line| line.sku != *sku);
    }

    /// Returns the number of units.
    pub(crate) fn units(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity.get()).sum()
    }

    /// Returns the SKUs, in order.
    pub(crate) fn skus(&self) -> Vec<Sku> {
        self.lines.iter().map(|line| line.sku.clone()).collect()
    }

    /// Writes each line as `SKU quantity amount currency`. No SKU has a space.
    fn to_text(&self) -> String {
        let line = |Line { sku, quantity, seen }: &Line| {
            format!("{sku} {} {} {}", quantity.get(), seen.amount, seen.currency)
        };
        self.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn parse(text: &str) -> Option<Self> {
        let line = |text: &str| {
            let mut parts = text.split(' ');
            let (sku, quantity) = (parts.next()?.parse().ok()?, Quantity::new(parts.next()?.parse().ok()?)?);
            let seen = Money::new(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            Some(Line { sku, quantity, seen })
        };
        text.lines().map(line).collect::<Option<_>>().map(|lines| Self { lines })
    }
}

#[cfg(test)]
mod tests {
    use crate::session::tests::keys;

    use super::*;

    fn money(amount: i64) -> Money {
        Money::new(amount, "USD".parse().unwrap())
    }

    fn units(count: u32) -> Quantity {
        Quantity::new(count).unwrap()
    }

    #[test]
    fn basket_survives_its_cookie() {
        let (keys, jar, mut basket) = (keys(), Jar::default(), Basket::default());
        basket.add("MUG-01".parse().unwrap(), units(2), money(1490));
        basket.add("A.b_c".parse().unwrap(), units(998), money(0));
        basket.add("A.b_c".parse().unwrap(), units(5), money(1));
        basket.keep(&jar, &keys).unwrap();
        let next = jar.sent_back();
        let mut opened = Basket::open(&next, &keys);
        assert_eq!((opened.clone(), opened.units()), (basket, 2 + 999));
        opened.lines.clear();
        opened.keep(&next, &keys).unwrap();
        assert_eq!(Basket::open(&next.sent_back(), &keys), Basket::default());
    }

    #[test]
    fn fifty_usual_lines_fit_and_no_more() {
        let (keys, jar, mut basket) = (keys(), Jar::default(), Basket::default());
        for line in 0..50 {
            basket.add(format!("MUG-ENAMEL-{line:02}").parse().unwrap(), units(12), money(149_000));
        }
        assert_eq!(basket.keep(&jar, &keys), Ok(()));
        basket.add("ONE-MORE".parse().unwrap(), units(1), money(1));
        assert_eq!(basket.keep(&jar, &keys), Err(BasketFull));
        assert_eq!(Basket::open(&jar.sent_back(), &keys).lines.len(), 50);
    }

    #[test]
    fn basket_of_long_names_is_refused_in_time() {
        let (keys, jar, mut basket) = (keys(), Jar::default(), Basket::default());
        for line in 0..50 {
            basket.add(format!("{line:02}{}", "x".repeat(62)).parse().unwrap(), units(1), money(1));
        }
        assert_eq!(basket.keep(&jar, &keys), Err(BasketFull));
    }
}
