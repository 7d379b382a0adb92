-- Mails are counted by address and purpose; those that are only pretended (store/outbox.rs) apart from those that are sent.
ALTER TABLE outbox
    ADD COLUMN purpose text GENERATED ALWAYS AS (request ->> 'purpose') STORED,
    -- Asks again for a mail that was sent before.
    ADD COLUMN again boolean NOT NULL DEFAULT false,
    -- Nobody gets it: a row of work for an address without an account, so that no time tells them apart.
    ADD COLUMN pretended boolean NOT NULL DEFAULT false;

DROP INDEX outbox_email;
CREATE INDEX outbox_email ON outbox (email, purpose, created_at);
