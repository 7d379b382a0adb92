-- An address that an account moves to, once it is proven.
CREATE TABLE email_changes (
    user_id    uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    new_email  text NOT NULL,
    created_at timestamptz NOT NULL
);
