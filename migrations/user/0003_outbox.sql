-- Mails to ask of the Verification Service. A row commits with what it tells of, and goes once the answer is there.
CREATE TABLE outbox (
    id         uuid PRIMARY KEY,
    email      text NOT NULL,
    request    jsonb NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at    timestamptz
);

CREATE INDEX outbox_due ON outbox (due_at) WHERE sent_at IS NULL;
-- How many mails went to an address lately.
CREATE INDEX outbox_email ON outbox (email, created_at);
