-- The time from which an account has to verify its address: its last registration, or the last
-- request for another email. Null: `created_at`, which stays as it is, as lists are ordered by it.
ALTER TABLE users ADD COLUMN unverified_since timestamptz;

CREATE INDEX users_unverified_since ON users (coalesce(unverified_since, created_at)) WHERE email_verified_at IS NULL;
DROP INDEX users_unverified;
