//! The migrations of the User Service's database, in order. The service and bootstrap compile them
//! in: the version and the description are those of the file's name, as sqlx reads it.

/// The version, the description and the text of each migration.
pub(crate) const ALL: &[(i64, &str, &str)] = &[
    (1, "accounts", include_str!("0001_accounts.sql")),
    (2, "sessions", include_str!("0002_sessions.sql")),
    (3, "outbox", include_str!("0003_outbox.sql")),
    (4, "epoch", include_str!("0004_epoch.sql")),
    (5, "rotation", include_str!("0005_rotation.sql")),
    (6, "email changes", include_str!("0006_email_changes.sql")),
    (7, "erasures", include_str!("0007_erasures.sql")),
    (10, "rate limits", include_str!("0010_rate_limits.sql")),
    (11, "familiar addresses", include_str!("0011_familiar_addresses.sql")),
    (12, "trace", include_str!("0012_trace.sql")),
    (13, "mailed links", include_str!("0013_mailed_links.sql")),
    (17, "mail budgets", include_str!("0017_mail_budgets.sql")),
    (18, "refresh leeway", include_str!("0018_refresh_leeway.sql")),
    (19, "addresses", include_str!("0019_addresses.sql")),
    (20, "search", include_str!("0020_search.sql")),
    (21, "unverified since", include_str!("0021_unverified_since.sql")),
    (22, "removal", include_str!("0022_removal.sql")),
];
