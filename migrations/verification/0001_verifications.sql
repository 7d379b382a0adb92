-- One row for each mail that was asked for: its place in the outbox, and what became of it.
CREATE TABLE verifications (
    id               uuid PRIMARY KEY,
    user_id          uuid NOT NULL,
    email            text NOT NULL,
    purpose          text NOT NULL,
    locale           text NOT NULL,
    data             jsonb NOT NULL,
    -- The asker and its name for the mail: a repeat asks for the same mail.
    peer             text NOT NULL,
    idempotency_key  text NOT NULL,
    status           text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'bounced', 'verified', 'expired')),
    attempts         integer NOT NULL DEFAULT 0,
    -- When it is tried next, also the end of the lease of the worker that tries it now.
    due_at           timestamptz NOT NULL,
    last_answer      text,
    created_at       timestamptz NOT NULL,
    sent_at          timestamptz,
    UNIQUE (peer, idempotency_key)
);

CREATE INDEX verifications_due ON verifications (due_at) WHERE status = 'pending';
CREATE INDEX verifications_newest ON verifications (created_at DESC, id DESC);
CREATE INDEX verifications_email ON verifications (email);
