-- A session is one login: the family that its refresh tokens belong to.
CREATE TABLE sessions (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    user_agent   text,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz
);

CREATE INDEX sessions_live ON sessions (user_id) WHERE ended_at IS NULL;

-- Only hashes: a dump of this table opens nothing. A spent token is kept, so that its reuse is recognised.
CREATE TABLE refresh_tokens (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    spent_at   timestamptz,
    -- The hash of the Idempotency-Key that it was spent with, by which a repeat is told from a theft.
    spent_key  bytea
);

CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
