//! Equations 1 to 4, each broken in a real store.

use estore_faults::checker::When::{Always, Lossy, Quiet};

use crate::{
    moving,
    plant::{breaks, is_clean, order_key, reservation_key},
    quiet::{self, HOT, ada, bob},
    shop::user,
};

const MUG: &str = "{inv}:p:MUG";

#[tokio::test]
async fn equation_1_reserved_units_are_on_hand() {
    let shop = quiet::shop("eq1").await;
    for when in [Always, Lossy, Quiet] {
        is_clean(&shop, when).await;
        breaks(&shop, when, 1, HOT, &["HSET", "{inv}:p:HOT", "reserved", "1"]).await;
        breaks(&shop, when, 1, "MUG", &["HSET", MUG, "reserved", "-1"]).await;
        breaks(&shop, when, 1, "MUG", &["HSET", MUG, "on_hand", "-1", "reserved", "-2"]).await;
    }
    is_clean(&shop, Quiet).await;
}

#[tokio::test]
async fn equation_2_reserved_units_are_held() {
    let shop = moving::shop("eq2").await;
    is_clean(&shop, Always).await;
    let held = moving::erin("reserved");
    for when in [Always, Lossy, Quiet] {
        breaks(&shop, when, 2, "MUG", &["HINCRBY", MUG, "reserved", "1"]).await;
        breaks(&shop, when, 2, "PEN", &["HSET", &reservation_key(held), "status", "released"]).await;
        breaks(&shop, when, 2, "PEN", &["DEL", &reservation_key(held)]).await;
        breaks(&shop, when, 2, held, &["ZREM", "{inv}:due", &held.to_string()]).await;
        breaks(&shop, when, 2, held, &["ZINCRBY", "{inv}:due", "1", &held.to_string()]).await;
        let sold = moving::erin("sold").to_string();
        breaks(&shop, when, 2, &sold, &["ZADD", "{inv}:due", "1", &sold]).await;
        breaks(&shop, when, 2, "nobody", &["ZADD", "{inv}:due", "1", "nobody"]).await;
    }
    is_clean(&shop, Always).await;
}

#[tokio::test]
async fn equation_3_stock_agrees_with_the_journal() {
    let shop = quiet::shop("eq3").await;
    let sold = ada("plain");
    let journal = "{inv}:journal";
    for when in [Always, Lossy, Quiet] {
        breaks(&shop, when, 3, "MUG", &["HINCRBY", MUG, "on_hand", "1"]).await;
        breaks(&shop, when, 3, "MUG", &["HINCRBY", MUG, "received", "-1"]).await;
        // The two add up, but contradict the journal.
        let both = ["HSET", MUG, "on_hand", "1003", "received", "1008"];
        breaks(&shop, when, 3, "MUG", &both).await;
        breaks(&shop, when, 3, "PEN", &["HSET", &reservation_key(sold), "status", "released"]).await;
        let back = ["HSET", &reservation_key(sold), "returned", r#"{"MUG":"3"}"#];
        breaks(&shop, when, 3, sold, &back).await;
        let never = ["HSET", &reservation_key(bob("late")), "returned", r#"{"MUG":"1"}"#];
        breaks(&shop, when, 3, bob("late"), &never).await;
        breaks(&shop, when, 3, sold, &["HSET", &reservation_key(sold), "status", "returned"]).await;
        breaks(&shop, when, 3, sold, &["DEL", &reservation_key(sold)]).await;
        let more = ["XADD", journal, "*", "kind", "received", "order", "", "lines", r#"["PEN","1"]"#];
        breaks(&shop, when, 3, "PEN", &more).await;
        breaks(&shop, when, 3, "LAMP", &["XTRIM", journal, "MAXLEN", "3"]).await;
        // The journal has no movement that explains the reservation.
        let unwritten = ["HSET", "{inv}:r:0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", "status", "released"];
        breaks(&shop, when, 3, "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", &unwritten).await;
    }
    is_clean(&shop, Quiet).await;
}

#[tokio::test]
async fn equation_4_completed_lines_are_sold() {
    let shop = quiet::shop("eq4").await;
    let (sold, partly, late) = (ada("plain"), ada("partly"), bob("late"));
    for when in [Lossy, Quiet] {
        // Completed, and not sold.
        breaks(&shop, when, 4, sold, &["DEL", &reservation_key(sold)]).await;
        breaks(&shop, when, 4, sold, &["HSET", &reservation_key(sold), "status", "expired"]).await;
        breaks(&shop, when, 4, late, &["HSET", &order_key(late), "status", "completed"]).await;
        // Sold, and not completed.
        breaks(&shop, when, 4, sold, &["DEL", &order_key(sold)]).await;
        breaks(&shop, when, 4, sold, &["HSET", &order_key(sold), "status", "cancelled"]).await;
        breaks(&shop, when, 4, late, &["HSET", &reservation_key(late), "status", "confirmed"]).await;
        let undone = bob("ran-out");
        breaks(&shop, when, 4, undone, &["HSET", &order_key(undone), "status", "confirmed"]).await;
        // Other lines.
        for lines in [
            r#"["MUG","MUG","3","250","USD","PEN","PEN","1","999","USD"]"#,
            r#"["MUG","MUG","2","251","USD","PEN","PEN","1","999","USD"]"#,
            r#"["MUG","MUG","2","250","EUR","PEN","PEN","1","999","USD"]"#,
            r#"["MUG","Cup","2","250","USD","PEN","PEN","1","999","USD"]"#,
            r#"["MUG","MUG","2","250","USD"]"#,
            r#"["MUG","MUG","2","250","USD","PEN","PEN","1","999","USD","HOT","HOT","1","100","USD"]"#,
        ] {
            breaks(&shop, when, 4, sold, &["HSET", &reservation_key(sold), "lines", lines]).await;
        }
        let method = crate::shop::card(user(1));
        let asked = format!(r#"{{"items":[{{"sku":"MUG","quantity":2}}],"payment_method_id":"{method}"}}"#);
        breaks(&shop, when, 4, sold, &["HSET", &order_key(sold), "request", &asked]).await;
        // Other restocked units.
        breaks(&shop, when, 4, partly, &["HDEL", &reservation_key(partly), "return:1"]).await;
        breaks(&shop, when, 4, partly, &["HSET", &reservation_key(partly), "return:2", "1"]).await;
        let back = ["HSET", &reservation_key(partly), "returned", r#"{"MUG":"2"}"#];
        breaks(&shop, when, 4, partly, &back).await;
        let refund = format!("{}:r:1", order_key(partly));
        breaks(&shop, when, 4, partly, &["HSET", &refund, "restock", "0"]).await;
    }
    is_clean(&shop, Quiet).await;
    // While orders are in progress, `sold` comes before `completed`. It may not stay so when quiet.
    let shop = moving::shop("eq4-moving").await;
    is_clean(&shop, Lossy).await;
    let nothing = ["PERSIST", "{inv}:due"];
    breaks(&shop, Quiet, 4, moving::erin("sold"), &nothing).await;
    breaks(&shop, Quiet, 4, moving::erin("confirmed"), &nothing).await;
    breaks(&shop, Quiet, 4, moving::erin("fenced"), &nothing).await;
    breaks(&shop, Quiet, 4, moving::erin("refunds"), &nothing).await;
    let early = moving::erin("reserved");
    breaks(&shop, Lossy, 4, early, &["HSET", &reservation_key(early), "status", "confirmed"]).await;
}
