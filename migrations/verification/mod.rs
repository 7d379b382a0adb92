//! The migrations of the Verification Service's database, in order. The service and bootstrap compile them
//! in: the version and the description are those of the file's name, as sqlx reads it.

/// The version, the description and the text of each migration.
pub(crate) const ALL: &[(i64, &str, &str)] = &[
    (1, "verifications", include_str!("0001_verifications.sql")),
    (2, "tokens", include_str!("0002_tokens.sql")),
    (3, "templates", include_str!("0003_templates.sql")),
    (4, "erased users", include_str!("0004_erased_users.sql")),
    (10, "rate limits", include_str!("0010_rate_limits.sql")),
    (11, "trace", include_str!("0011_trace.sql")),
    (12, "moves", include_str!("0012_moves.sql")),
    (13, "email", include_str!("0013_email.sql")),
    (14, "samples", include_str!("0014_samples.sql")),
    (15, "order links", include_str!("0015_order_links.sql")),
    (16, "order emails", include_str!("0016_order_emails.sql")),
    (17, "housekeeping", include_str!("0017_housekeeping.sql")),
    (18, "ahead", include_str!("0018_ahead.sql")),
];
