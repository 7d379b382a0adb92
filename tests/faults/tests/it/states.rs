//! Equations 7, 9 and 11, each broken in a real store.

use estore_faults::checker::When::{Always, Lossy, Quiet};

use crate::{
    moving,
    plant::{breaks, is_clean, order_key, payment_key, reservation_key},
    quiet::{self, ada, bob},
    shop::{card, user},
};

#[tokio::test]
async fn equation_7_work_set_has_all_open_orders() {
    let shop = quiet::shop("eq7").await;
    let (sold, late) = (ada("plain"), bob("late").to_string());
    for when in [Lossy, Quiet] {
        breaks(&shop, when, 7, &late, &["ZADD", "{pay}:work", "1", &late]).await;
        breaks(&shop, when, 7, "nobody", &["ZADD", "{pay}:work", "1", "nobody"]).await;
        breaks(&shop, when, 7, sold, &["HSET", &order_key(sold), "status", "confirmed"]).await;
        breaks(&shop, when, 7, &late, &["ZADD", "{pay}:open", "1", &late]).await;
        breaks(&shop, when, 7, &late, &["HSET", &format!("{{pay}}:u:{}:open", user(2)), &late, "2"]).await;
        breaks(&shop, when, 7, &late, &["ZREM", "{pay}:orders", &late]).await;
        breaks(&shop, when, 7, &late, &["ZINCRBY", "{pay}:orders", "1", &late]).await;
        let list = format!("{{pay}}:u:{}:orders", user(2));
        breaks(&shop, when, 7, &late, &["ZREM", &list, &late]).await;
        let list = format!("{{pay}}:u:{}:orders", user(1));
        breaks(&shop, when, 7, &late, &["ZADD", &list, "1", &late]).await;
        let mail = format!("{late}/confirmed");
        breaks(&shop, when, 7, &mail, &["ZADD", "{pay}:mail", "1", &mail]).await;
        let mail = format!("{}/refunded/3", ada("partly"));
        breaks(&shop, when, 7, &mail, &["ZADD", "{pay}:mail", "1", &mail]).await;
        let cards = format!("{{pay}}:u:{}:methods", user(1));
        breaks(&shop, when, 7, card(user(1)), &["DEL", &cards]).await;
        breaks(&shop, when, 7, card(user(1)), &["DEL", &format!("{{pay}}:m:{}", card(user(1)))]).await;
    }
    let mail = format!("{sold}/confirmed");
    breaks(&shop, Quiet, 7, &mail, &["ZADD", "{pay}:mail", "1", &mail]).await;
    let held = ["HSET", &reservation_key(bob("late")), "status", "held"];
    breaks(&shop, Quiet, 7, &late, &held).await;
    is_clean(&shop, Quiet).await;
    let shop = moving::shop("eq7-moving").await;
    is_clean(&shop, Lossy).await;
    let (reserved, refund) = (moving::erin("reserved"), format!("{}/1", moving::erin("refunds")));
    for task in [reserved.to_string(), refund] {
        breaks(&shop, Lossy, 7, &task, &["ZREM", "{pay}:work", &task]).await;
        // If the set should be empty, every member is a violation.
        breaks(&shop, Quiet, 7, &task, &["PERSIST", "{pay}:work"]).await;
    }
    breaks(&shop, Lossy, 7, reserved, &["ZREM", "{pay}:open", &reserved.to_string()]).await;
    let open = format!("{{pay}}:u:{}:open", user(3));
    breaks(&shop, Lossy, 7, reserved, &["HINCRBY", &open, &reserved.to_string(), "1"]).await;
}

#[tokio::test]
async fn equation_9_one_key_makes_one_order() {
    let shop = quiet::shop("eq9").await;
    let (sold, partly) = (ada("plain"), ada("partly"));
    for when in [Always, Lossy, Quiet] {
        breaks(&shop, when, 9, sold, &["HSET", &order_key(sold), "user", &user(2).to_string()]).await;
        // An order that no key makes.
        let (other, key) =
            ("0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", "{pay}:o:0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01");
        let request = format!(r#"{{"items":[],"payment_method_id":"{}"}}"#, card(user(1)));
        let (ada, method) = (user(1).to_string(), card(user(1)).to_string());
        let mut add = vec!["HSET", key, "user", &ada, "request", &request, "status", "accepted"];
        add.extend([
            "version",
            "1",
            "refunded",
            "0",
            "created_at",
            "1",
            "updated_at",
            "1",
            "method",
            &method,
        ]);
        breaks(&shop, when, 9, other, &add).await;
        let keys = format!("{}:keys", order_key(partly));
        breaks(&shop, when, 9, partly, &["HSET", &keys, "r9", "1"]).await;
        breaks(&shop, when, 9, partly, &["HDEL", &keys, "r1"]).await;
        breaks(&shop, when, 9, partly, &["HINCRBY", &order_key(partly), "refunds", "1"]).await;
        breaks(&shop, when, 9, partly, &["HSET", &format!("{}:r:2", order_key(partly)), "key", "r1"]).await;
        breaks(&shop, when, 9, partly, &["DEL", &format!("{}:r:2", order_key(partly))]).await;
    }
    is_clean(&shop, Quiet).await;
}

#[tokio::test]
async fn equation_11_every_transition_is_an_edge() {
    let shop = quiet::shop("eq11").await;
    let (sold, partly) = (ada("plain"), ada("partly"));
    let (order, log) = (order_key(sold), format!("{}:log", order_key(sold)));
    let (refund, of_refund) = (format!("{}:r:1", order_key(partly)), format!("{partly}/1"));
    for when in [Always, Lossy, Quiet] {
        // After a final state; no edge; from another state; a version skipped, or twice; no
        // beginning; no end.
        for change in [
            ["RPUSH", &log, "8 completed cancelling 1"].as_slice(),
            &["LSET", &log, "3", "4 reserved confirmed 1"],
            &["LSET", &log, "3", "4 accepted authorized 1"],
            &["LSET", &log, "4", "6 authorized confirming 1"],
            &["LSET", &log, "4", "4 authorized confirming 1"],
            &["LSET", &log, "0", "1  accepted 1"],
            &["LSET", &log, "0", "1 accepted accepted 1"],
            &["LTRIM", &log, "1", "-1"],
            &["LTRIM", &log, "0", "-2"],
            &["DEL", &log],
            &["LSET", &log, "3", "4 reserved shipped 1"],
            &["HSET", &order, "version", "8"],
            &["HSET", &order, "status", "confirmed"],
            &["HSET", &order, "status", "shipped"],
            &["HSET", &order, "amount", "1e3"],
            &["HDEL", &order, "version"],
            &["HINCRBY", &order, "created_at", "1"],
            &["HSET", &payment_key(sold), "state", "lost"],
            &["HSET", &reservation_key(sold), "status", "lost"],
        ] {
            breaks(&shop, when, 11, sold, change).await;
        }
        for change in [
            ["RPUSH", &format!("{refund}:log"), "4 done failed 1"].as_slice(),
            &["LSET", &format!("{refund}:log"), "1", "2 requested done 1"],
            &["HSET", &refund, "version", "4"],
            &["HSET", &refund, "status", "paid"],
            &["HSET", &refund, "status", "lost"],
            &["HSET", &refund, "restock", "2"],
        ] {
            breaks(&shop, when, 11, &of_refund, change).await;
        }
        // The journal has the steps of reservations.
        let add = ["XADD", "{inv}:journal", "9999999999999-1", "kind"];
        let lines = ["lines", r#"["MUG","2","PEN","1"]"#];
        let (sold_text, late) = (sold.to_string(), bob("late").to_string());
        for kind in ["confirmed", "held", "released", "expired"] {
            let add = [add.as_slice(), &[kind, "order", &sold_text], &lines].concat();
            breaks(&shop, when, 11, sold, &add).await;
        }
        let nobodys = [add.as_slice(), &["confirmed", "order", ""], &lines].concat();
        breaks(&shop, when, 11, "9999999999999-1", &nobodys).await;
        let unknown = [add.as_slice(), &["eaten", "order", ""], &lines].concat();
        breaks(&shop, when, 11, "9999999999999-1", &unknown).await;
        let more = [add.as_slice(), &["returned", "order", &late], &lines].concat();
        breaks(&shop, when, 11, &late, &more).await;
    }
    is_clean(&shop, Quiet).await;
}
