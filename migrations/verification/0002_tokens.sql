-- Only hashes: a dump of this table verifies nothing. A mail that is sent again carries a new token, since the one before
-- is not known any more; each of them works, and using one spends all of its mail.
CREATE TABLE tokens (
    hash            bytea PRIMARY KEY CHECK (length(hash) = 32),
    verification_id uuid NOT NULL REFERENCES verifications ON DELETE CASCADE,
    expires_at      timestamptz NOT NULL
);

CREATE INDEX tokens_verification ON tokens (verification_id);

-- The one use. The redeemer's name for its attempt tells a repeat from a second use.
CREATE TABLE redemptions (
    verification_id uuid PRIMARY KEY REFERENCES verifications ON DELETE CASCADE,
    redemption_id   uuid NOT NULL,
    redeemed_at     timestamptz NOT NULL
);

-- What the User Service must be told, and is told until it answers. A row commits with its redemption.
CREATE TABLE reports (
    verification_id uuid PRIMARY KEY REFERENCES verifications ON DELETE CASCADE,
    attempts        integer NOT NULL DEFAULT 0,
    due_at          timestamptz NOT NULL,
    done_at         timestamptz
);

CREATE INDEX reports_due ON reports (due_at) WHERE done_at IS NULL;
