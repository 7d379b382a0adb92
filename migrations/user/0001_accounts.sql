-- Accounts. The address is kept in its canonical form, so that equality of text is equality of addresses.
CREATE TABLE users (
    id                uuid PRIMARY KEY,
    email             text NOT NULL UNIQUE,
    email_verified_at timestamptz,
    password_hash     text NOT NULL,
    role              text NOT NULL CHECK (role IN ('customer', 'admin')),
    status            text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    name              text NOT NULL,
    phone             text,
    shipping_address  jsonb,
    locale            text NOT NULL CHECK (locale IN ('en', 'de')),
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL
);

-- The order of the admin's list.
CREATE INDEX users_newest ON users (created_at DESC, id DESC);
