//! Searches, as people type them.

use estore_contract::{Page, inventory::Product};
use estore_testbed::ServiceName::Inventory;
use estore_tests::{Answer, Customer, access, unique};
use reqwest::Method;
use serde_json::json;

async fn search(customer: &Customer, query: &[(&str, &str)]) -> Vec<String> {
    let mut all = vec![("limit", "100")];
    all.extend(query);
    let request = customer.request(Method::GET, Inventory, "/products").query(&all);
    let page: Page<Product> = Answer::of(request).await.expect(200).json();
    page.items.into_iter().map(|product| product.sku.to_string()).collect()
}

#[tokio::test]
async fn search_finds_words_in_any_spelling() {
    let admin = Customer::admin(&access()).await;
    let run = unique()[..8].to_uppercase();
    for (n, (name, questions)) in [
        ("De\u{301}core\u{301} Teller", &["décoré", "decore", "DÉCORÉ", "de\u{301}core\u{301}"][..]),
        ("İstanbul Tasse", &["istanbul", "İSTANBUL", "ıstanbul"]),
        ("Straße Tasse", &["strasse", "STRASSE", "straße", "STRAẞE"]),
        ("Crème brûlée Form", &["creme", "crème brulee"]),
        ("日本語マグカップ", &["マグカップ", "ﾏｸﾞｶｯﾌﾟ", "日本語", "語マ"]),
        ("머그컵 세트", &["머그컵", "컵"]),
        ("ﬁne Glas", &["fine", "ＦＩＮＥ"]),
        ("Tasse １２３", &["123", "１２３"]),
        ("ὈΔΥΣΣΕΎΣ", &["οδυσσευς", "Οδυσσεύς", "οδυσσευσ"]),
        ("כּוֹס", &["כוס"]),
        ("Łyżka Ørsted", &["lyzka", "orsted"]),
        ("Men’s T-Shirt", &["mens", "men's", "t-shirt", "tshirt", "shirt"]),
    ]
    .into_iter()
    .enumerate()
    {
        let sku = format!("S{run}-{n}");
        let body = json!({"sku": sku, "name": name, "description": "d", "price": {"amount": 5, "currency": "USD"}, "category": "desk"});
        let _created = admin.post(Inventory, "/products", &body).await.expect(201);
        for question in questions {
            for query in [(*question).to_owned(), format!("{sku} {question}")] {
                let found = search(&admin, &[("q", &query)]).await;
                assert!(found.contains(&sku), "{query} in {name}: {found:?}");
            }
        }
    }
}

#[tokio::test]
async fn question_without_words_finds_nothing() {
    let admin = Customer::admin(&access()).await;
    for question in ["!!!", "☕", "☕️", " ", "", "-", "'", "\u{301}", "\u{200b}", "***", "🧉🫖", "，。"]
    {
        for more in [
            &[][..],
            &[("category", "kitchen")],
            &[("tag", "steel")],
            &[("in_stock", "true"), ("sort", "price")],
        ] {
            let query: Vec<_> = [("q", question)].iter().chain(more).copied().collect();
            assert_eq!(search(&admin, &query).await, [""; 0], "{query:?}");
        }
    }
    assert!(!search(&admin, &[("category", "kitchen")]).await.is_empty());
    assert!(!search(&admin, &[("q", "☕ mug")]).await.is_empty(), "the words of a question count");
    let request = admin.request(Method::GET, Inventory, "/products").query(&[("q", "!"), ("cursor", "x")]);
    let _refused = Answer::of(request).await.refused(422, "validation_error");
}
