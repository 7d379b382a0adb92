-- From where an account's owner logged in lately: logins from there are counted apart, so that whoever guesses elsewhere cannot keep
-- the owner out. The address is a keyed hash, bound to the account.
CREATE TABLE familiar_addresses (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    address bytea NOT NULL CHECK (length(address) = 32),
    last_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, address)
);

CREATE INDEX familiar_addresses_oldest ON familiar_addresses (last_at);
