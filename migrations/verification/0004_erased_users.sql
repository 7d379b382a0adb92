-- Closed accounts: mails that are asked for late are not kept.
CREATE TABLE erased_users (
    user_id   uuid PRIMARY KEY,
    erased_at timestamptz NOT NULL
);

CREATE INDEX verifications_user ON verifications (user_id);
