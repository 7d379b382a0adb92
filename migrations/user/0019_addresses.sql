-- The address book of an account. Its default entry and users.shipping_address are one fact: whoever
-- writes the column, the trigger carries it to the entry, so a replica of the release before need not
-- know this table. The service writes the column whenever the default entry changes
-- (store/addresses.rs).
CREATE TABLE addresses (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    label      text,
    recipient  text,
    address    jsonb NOT NULL,
    is_default boolean NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE INDEX addresses_user ON addresses (user_id);
-- At most one default, whatever code runs.
CREATE UNIQUE INDEX addresses_default ON addresses (user_id) WHERE is_default;

CREATE FUNCTION keep_default_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.shipping_address IS NULL THEN
        DELETE FROM addresses WHERE user_id = NEW.id AND is_default;
        RETURN NULL;
    END IF;
    UPDATE addresses SET address = NEW.shipping_address WHERE user_id = NEW.id AND is_default;
    IF NOT FOUND THEN
        INSERT INTO addresses (id, user_id, address, is_default, created_at)
            VALUES (gen_random_uuid(), NEW.id, NEW.shipping_address, true, NEW.updated_at);
    END IF;
    RETURN NULL;
END
$$;

-- The lock that this takes keeps others from writing accounts until the migration commits, so that
-- no change falls between the trigger and the copy.
CREATE TRIGGER keep_default_address AFTER UPDATE OF shipping_address ON users FOR EACH ROW
    WHEN (NEW.shipping_address IS DISTINCT FROM OLD.shipping_address)
    EXECUTE FUNCTION keep_default_address();

INSERT INTO addresses (id, user_id, address, is_default, created_at)
    SELECT gen_random_uuid(), id, shipping_address, true, updated_at FROM users
    WHERE shipping_address IS NOT NULL;
