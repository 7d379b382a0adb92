//! The content of the shop. Without items to name, most requests would end in 404.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, Result};
use estore_testbed::{
    ServiceName::{Inventory, User, Verification},
    Shop,
};
use estore_tests::{ADMIN, Access, Answer, CARD, Customer, PASSWORD, unique};
use futures::future::join_all;
use serde_json::{Value, json};

/// The number of accounts that requests may name, to change, disable and close them.
const NAMED: usize = 6;
/// The number of examples for each further account, because some examples close the account that
/// sends them.
const EXAMPLES: usize = 10;

/// The accounts and items in the shop.
pub(crate) struct Scene {
    /// For the hooks: the accounts that log in, and those that no request may change.
    people: Value,
    /// Ids and names by kind, which requests use at times.
    things: Vec<(&'static str, Vec<String>)>,
}

impl Scene {
    /// Fills the shop for runs with `examples` examples of each operation.
    pub(crate) async fn set(shop: &Shop, examples: usize) -> Result<Self> {
        let access = Access::to(shop);
        let admin = Customer::admin(&access).await;
        let customer = Customer::register(&access, &shop.mailbox).await;
        let spare =
            join_all((0..NAMED + examples / EXAMPLES).map(|_| Customer::register(&access, &shop.mailbox)))
                .await;
        let mut products = Vec::new();
        for _ in 0..4 {
            products.push(admin.add_product(100_000, 100).await);
        }
        let (mut cards, mut orders) = (Vec::new(), Vec::new());
        for number in [CARD, CARD, "4000000000000002"] {
            cards.push(customer.save_card(number).await);
        }
        for (at, (card, sku)) in cards.iter().cycle().zip(products.iter().cycle()).take(12).enumerate() {
            let order = customer.order(&format!("scene-{at}"), *card, sku, 5).await.value();
            let id = order.get("id").or_else(|| order.get("order_id"));
            orders.extend(id.and_then(Value::as_str).map(str::to_owned));
        }
        let mut ids = Vec::new();
        for who in [&admin, &customer].into_iter().chain(spare.iter().take(NAMED)) {
            let me = who.get(User, "/me").await.expect(200).value();
            ids.push(me.get("id").and_then(Value::as_str).context("an id")?.to_owned());
        }
        let users = ids.split_off(2);
        let refresh_tokens =
            join_all(spare.iter().take(NAMED).map(|spare| Customer::login(&access, &spare.email, PASSWORD)))
                .await;
        let mail_tokens = join_all((0..NAMED).map(|_| mailed(shop, &access))).await;
        let mails = admin.get(Verification, "/verifications?limit=10").await.expect(200).value();
        let pictures = admin.get(Inventory, "/products?limit=50").await.expect(200).value();
        let images: Vec<String> = strings(&pictures, "/images/0").collect();
        let names = images.iter().map(|path| path.replace("/images/", "")).collect();
        // Accounts that no request names come last.
        let accounts: Vec<Value> = spare.iter().map(|spare| json!([spare.email, PASSWORD])).collect();
        let customer = json!([customer.email, PASSWORD]);
        Ok(Self {
            people: json!({"admin": ADMIN, "customer": customer, "spare": accounts, "protected": ids, "users": users.clone()}),
            things: vec![
                ("users", users),
                ("orders", orders),
                ("cards", cards.iter().map(ToString::to_string).collect()),
                ("mails", strings(&mails, "/id").collect()),
                ("products", products),
                ("images", images),
                ("image-names", names),
                ("refresh-tokens", refresh_tokens.into_iter().map(|login| login.refresh_token).collect()),
                ("mail-tokens", mail_tokens),
                ("slugs", ["desk", "drinkware", "home"].map(str::to_owned).into()),
                ("tags", ["camping", "gift"].map(str::to_owned).into()),
            ],
        })
    }

    /// Writes the scene for the hooks (`scene.json`), and as dictionaries (`products.dict` and so
    /// on).
    pub(crate) fn write(&self, place: &Path) -> Result<()> {
        fs::write(place.join("scene.json"), self.people.to_string())?;
        for (name, values) in &self.things {
            let mut lines = String::new();
            for value in values {
                writeln!(lines, "\"{value}\"")?;
            }
            fs::write(place.join(format!("{name}.dict")), lines)?;
        }
        Ok(())
    }
}

/// Returns the token of an account whose address is not verified yet.
async fn mailed(shop: &Shop, access: &Access) -> String {
    let email = format!("{}@example.com", unique());
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
    let _accepted = Answer::of(access.http.post(access.url(User, "/register")).json(&body)).await.expect(202);
    Customer::mailed_token(&shop.mailbox, &email).await
}

/// Returns the strings at `pointer` of each item of a list.
fn strings<'a>(list: &'a Value, pointer: &'a str) -> impl Iterator<Item = String> + 'a {
    let items = list.get("items").and_then(Value::as_array).into_iter().flatten();
    items.filter_map(move |item| Some(item.pointer(pointer)?.as_str()?.to_owned()))
}
